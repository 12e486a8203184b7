#include "scenarios/baton.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "runtimes/contract/registry.hpp"
#include "runtimes/task/spawn.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet {
namespace {

class BatonOn : public testing::TestWithParam<const char*> {
 protected:
  BatonOn() {
    RuntimeConfig config;
    config.backend = GetParam();
    config.worker_threads = config.backend == "single_loop" ? 1 : 2;
    runtime_ = make_runtime(config).value();
  }
  std::unique_ptr<Runtime> runtime_;
};

Task<void> answer(Baton& question, Baton& reply, int times) {
  for (int i = 0; i < times; ++i) {
    co_await question.receive();
    reply.pass(*this_worker()->runtime);
  }
}

Task<int> ask(Baton& question, Baton& reply, int times) {
  JoinHandle<void> other = spawn(answer(question, reply, times));
  int answered = 0;
  for (int i = 0; i < times; ++i) {
    question.pass(*this_worker()->runtime);
    co_await reply.receive();
    ++answered;
  }
  co_await other;
  co_return answered;
}

TEST_P(BatonOn, TwoTasksPassItToAndFro) {
  Baton question, reply;
  EXPECT_EQ(block_on(*runtime_, ask(question, reply, 1000)), 1000);
}

Task<void> receive_twice(Baton& baton) {
  co_await baton.receive();
  co_await baton.receive();
}

TEST_P(BatonOn, APassBeforeTheWaitIsNotLost) {
  Baton baton;
  baton.pass(*runtime_);
  std::thread second([this, &baton] {
    // Passed again only once the first was received, which is when somebody waits for the second.
    JoinHandle<void> handle = spawn(*runtime_, receive_twice(baton));
    while (handle.state() != TaskState::waiting) std::this_thread::yield();
    baton.pass(*runtime_);
    while (!handle.finished()) std::this_thread::yield();
    runtime_->stop();
  });
  runtime_->run();
  second.join();
}

Task<bool> wait_and_be_cancelled(Baton& baton) {
  const auto wait = [](Baton& what) -> Task<void> { co_await what.receive(); };
  JoinHandle<void> waiter = spawn(wait(baton));
  co_await yield();
  waiter.cancel();
  const TaskResult<void> result = co_await waiter;
  co_return !result.has_value() && result.error().cancelled();
}

TEST_P(BatonOn, ACancelledWaiterLeavesTheBatonToTheNext) {
  Baton baton;
  EXPECT_TRUE(block_on(*runtime_, wait_and_be_cancelled(baton)));
  Baton reply;
  EXPECT_EQ(block_on(*runtime_, ask(baton, reply, 1)), 1);
}

INSTANTIATE_TEST_SUITE_P(Runtimes, BatonOn, testing::Values("single_loop", "work_stealing"),
                         [](const auto& tested) { return std::string(tested.param); });

}  // namespace
}  // namespace gauntlet
