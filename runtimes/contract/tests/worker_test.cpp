#include "runtimes/contract/worker.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "runtimes/contract/op.hpp"

namespace gauntlet {
namespace {

struct PlainTask final : TaskBase {
  PlainTask() : TaskBase([](Job&) noexcept {}) {}
};

std::size_t count(const LiveTasks& tasks) {
  std::size_t total = 0;
  for (const TaskBase* task = tasks.first(); task != nullptr; task = task->next_live) ++total;
  return total;
}

TEST(LiveTasks, HoldWhatWasInsertedUntilItIsRemoved) {
  LiveTasks tasks;
  EXPECT_TRUE(tasks.empty());
  PlainTask first, middle, last;
  tasks.insert(first);
  tasks.insert(middle);
  tasks.insert(last);
  EXPECT_EQ(count(tasks), 3u);
  tasks.remove(middle);
  EXPECT_EQ(count(tasks), 2u);
  tasks.remove(last);
  EXPECT_EQ(tasks.first(), &first);
  tasks.remove(first);
  EXPECT_TRUE(tasks.empty());
  tasks.insert(middle);
  EXPECT_EQ(count(tasks), 1u) << "a removed task may be inserted again";
}

TEST(WorkerScope, MakesTheThreadAWorkerAndNests) {
  EXPECT_EQ(this_worker(), nullptr);
  Worker outer, inner;
  {
    const WorkerScope outer_scope(outer);
    EXPECT_EQ(this_worker(), &outer);
    {
      const WorkerScope inner_scope(inner);
      EXPECT_EQ(this_worker(), &inner);
    }
    EXPECT_EQ(this_worker(), &outer);
  }
  EXPECT_EQ(this_worker(), nullptr);
}

void destroy_in_flight() {
  TimerOp op({}, [](Job&) noexcept {});
  op.in_flight = true;
}

TEST(OpDeathTest, DestroyedInFlightAsserts) { EXPECT_DEATH(destroy_in_flight(), "destroyed before it completed"); }

}  // namespace
}  // namespace gauntlet
