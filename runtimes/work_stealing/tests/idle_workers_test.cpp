#include "runtimes/work_stealing/idle_workers.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <thread>
#include <vector>

#include "runtimes/loop/inbox.hpp"
#include "runtimes/work_stealing/injector.hpp"
#include "runtimes/work_stealing/parking_spot.hpp"

namespace gauntlet {
namespace {

TEST(IdleWorkers, LetAtMostHalfOfTheWorkersSearch) {
  IdleWorkers idle(5);
  EXPECT_TRUE(idle.start_searching());
  EXPECT_TRUE(idle.start_searching());
  EXPECT_TRUE(idle.start_searching());
  EXPECT_FALSE(idle.start_searching());
  EXPECT_FALSE(idle.found_work());
  EXPECT_TRUE(idle.start_searching());
}

TEST(IdleWorkers, AreWokenOneAtATime) {
  IdleWorkers idle(4);
  EXPECT_FALSE(idle.should_wake());
  EXPECT_EQ(idle.take_sleeper(), IdleWorkers::nobody);
  idle.enter(1, false);
  idle.enter(3, false);
  EXPECT_TRUE(idle.should_wake());
  EXPECT_EQ(idle.take_sleeper(), 1u);
  EXPECT_FALSE(idle.should_wake()) << "the woken one searches";
  EXPECT_EQ(idle.take_sleeper(), IdleWorkers::nobody);
  EXPECT_TRUE(idle.leave(1)) << "taken out by somebody else";
  EXPECT_TRUE(idle.found_work()) << "the last searcher wakes the next";
  EXPECT_EQ(idle.take_sleeper(), 3u);
}

TEST(IdleWorkers, LeaveBySelfWithoutCountingAsSearching) {
  IdleWorkers idle(2);
  EXPECT_TRUE(idle.start_searching());
  idle.enter(0, true);
  EXPECT_EQ(idle.searching(), 0u);
  EXPECT_TRUE(idle.is_sleeping(0));
  EXPECT_FALSE(idle.leave(0));
  EXPECT_FALSE(idle.is_sleeping(0));
}

struct EmptyJob final : Job {
  EmptyJob() : Job([](Job&) noexcept {}) {}
};

/// The whole protocol in small: workers that sleep as soon as they can, and a producer that gives them one job at a
/// time and waits for it. A lost wake-up hangs.
class Crew {
 public:
  explicit Crew(std::uint32_t workers) : idle_(workers), desks_(workers) {
    for (std::uint32_t i = 0; i < workers; ++i) {
      desks_[i] = std::make_unique<Desk>();
    }
    for (std::uint32_t i = 0; i < workers; ++i) {
      threads_.emplace_back([this, i] { work(i); });
    }
  }
  ~Crew() {
    stop_.store(true, std::memory_order_seq_cst);
    for (auto& desk : desks_) {
      if (desk->inbox.rouse()) desk->spot.wake();
    }
    for (std::thread& thread : threads_) thread.join();
  }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  void give(Job& job) {
    injector_.push(job);
    wake_one();
  }
  int done() const { return done_.load(); }

 private:
  struct Desk {
    Inbox inbox;
    ParkingSpot spot;
  };

  void wake_one() {
    const std::uint32_t sleeper = idle_.take_sleeper();
    if (sleeper == IdleWorkers::nobody) return;
    if (desks_[sleeper]->inbox.rouse()) desks_[sleeper]->spot.wake();
  }

  void work(std::uint32_t index) {
    Desk& desk = *desks_[index];
    bool searching = false;
    while (!stop_.load(std::memory_order_seq_cst)) {
      if (!searching) searching = idle_.start_searching();
      RunQueue batch;
      const std::size_t found = searching ? injector_.take(batch, desks_.size(), 8) : 0;
      if (found > 0) {
        searching = false;
        if (idle_.found_work()) wake_one();
        done_.fetch_add(static_cast<int>(found));
        continue;
      }
      const std::uint32_t ticket = desk.spot.prepare();
      if (!desk.inbox.fall_asleep()) continue;
      idle_.enter(index, searching);
      if (injector_.empty() && !stop_.load(std::memory_order_seq_cst)) desk.spot.wait(ticket, std::nullopt);
      searching = idle_.leave(index);
      RunQueue none;
      desk.inbox.drain(none);
    }
  }

  IdleWorkers idle_;
  Injector injector_;
  std::atomic<bool> stop_{false};
  std::atomic<int> done_{0};
  std::vector<std::unique_ptr<Desk>> desks_;
  std::vector<std::thread> threads_;
};

TEST(IdleWorkers, LoseNoWakeUpWhenJobsComeOneByOne) {
  for (std::uint32_t workers = 1; workers <= 4; ++workers) {
    constexpr int rounds = 3'000;
    std::vector<EmptyJob> jobs(rounds);
    Crew crew(workers);
    for (int i = 0; i < rounds; ++i) {
      crew.give(jobs[static_cast<std::size_t>(i)]);
      while (crew.done() <= i) std::this_thread::yield();
    }
    EXPECT_EQ(crew.done(), rounds);
  }
}

TEST(IdleWorkers, LoseNoWakeUpWhenManyThreadsGiveJobs) {
  constexpr int each = 2'000;
  constexpr std::size_t givers = 3;
  std::array<std::vector<EmptyJob>, givers> jobs;
  Crew crew(4);
  std::vector<std::thread> threads;
  for (auto& mine : jobs) {
    mine = std::vector<EmptyJob>(each);
    threads.emplace_back([&crew, &mine] {
      for (EmptyJob& job : mine) crew.give(job);
    });
  }
  for (std::thread& thread : threads) thread.join();
  while (crew.done() < each * static_cast<int>(givers)) std::this_thread::yield();
  EXPECT_EQ(crew.done(), each * static_cast<int>(givers));
}

}  // namespace
}  // namespace gauntlet
