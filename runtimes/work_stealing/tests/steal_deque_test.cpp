#include "runtimes/work_stealing/steal_deque.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace gauntlet {
namespace {

struct CountedJob final : Job {
  CountedJob() : Job([](Job&) noexcept {}) {}
  std::atomic<int> taken{0};
  int number = 0;  ///< written before the push, read by whoever takes it
};

TEST(StealDeque, GivesTheNewestToItsOwnerAndTheOldestToThieves) {
  StealDeque deque;
  CountedJob jobs[4];
  for (CountedJob& job : jobs) EXPECT_TRUE(deque.push(job, false));
  EXPECT_EQ(deque.size(), 4u);
  EXPECT_EQ(deque.take_newest(), &jobs[3]);
  EXPECT_EQ(deque.take_oldest(), &jobs[0]);
  EXPECT_EQ(deque.take_newest(), &jobs[2]);
  EXPECT_EQ(deque.take_newest(), &jobs[1]);
  EXPECT_EQ(deque.take_newest(), nullptr);
  EXPECT_EQ(deque.take_oldest(), nullptr);
  EXPECT_EQ(deque.size(), 0u);
}

TEST(StealDeque, RemembersWhetherItsNewestJobIsHot) {
  StealDeque deque;
  CountedJob cold;
  CountedJob hot;
  EXPECT_FALSE(deque.newest_is_hot());
  deque.push(cold, false);
  EXPECT_FALSE(deque.newest_is_hot());
  deque.push(hot, true);
  EXPECT_TRUE(deque.newest_is_hot());
  EXPECT_EQ(deque.take_newest(), &hot);
  EXPECT_FALSE(deque.newest_is_hot());
}

TEST(StealDeque, RefusesWhatDoesNotFitAndGoesRoundItsRing) {
  StealDeque deque;
  std::vector<CountedJob> jobs(StealDeque::capacity);
  CountedJob extra;
  for (int round = 0; round < 3; ++round) {
    for (CountedJob& job : jobs) EXPECT_TRUE(deque.push(job, false));
    EXPECT_FALSE(deque.push(extra, false));
    for (CountedJob& job : jobs) EXPECT_EQ(deque.take_oldest(), &job);
    EXPECT_TRUE(deque.push(extra, false));
    EXPECT_EQ(deque.take_newest(), &extra);
  }
}

/// The owner pushes and takes from both ends in an order drawn from `seed`, while thieves steal.
void race(unsigned seed, int thieves, int count) {
  StealDeque deque;
  std::vector<std::unique_ptr<CountedJob>> jobs;
  for (int i = 0; i < count; ++i) jobs.push_back(std::make_unique<CountedJob>());
  std::atomic<bool> finished{false};
  std::atomic<long> sum{0};
  const auto took = [&sum](Job* job) {
    auto& counted = static_cast<CountedJob&>(*job);
    counted.taken.fetch_add(1, std::memory_order_relaxed);
    sum.fetch_add(counted.number, std::memory_order_relaxed);
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < thieves; ++i) {
    threads.emplace_back([&] {
      while (!finished.load() || deque.has_jobs()) {
        Job* job = deque.take_oldest();
        if (job != nullptr) {
          took(job);
        } else {
          std::this_thread::yield();
        }
      }
    });
  }
  std::uint32_t state = seed * 2654435761U + 1;
  const auto next = [&state] { return state = state * 1664525 + 1013904223, state >> 24; };
  for (int i = 0; i < count; ++i) {
    CountedJob& job = *jobs[static_cast<std::size_t>(i)];
    job.number = i;
    while (!deque.push(job, false)) {
      if (Job* taken = deque.take_oldest()) took(taken);
    }
    // Short deques make the race for the last job, which is where such code is wrong.
    while (next() % 3 != 0) {
      Job* taken = next() % 2 == 0 ? deque.take_newest() : deque.take_oldest();
      if (taken == nullptr) break;
      took(taken);
    }
  }
  finished = true;
  for (std::thread& thread : threads) thread.join();
  for (const auto& job : jobs) ASSERT_EQ(job->taken.load(), 1) << "seed " << seed;
  EXPECT_EQ(sum.load(), static_cast<long>(count) * (count - 1) / 2);
}

TEST(StealDeque, GivesEachJobToExactlyOneWhenOwnerAndThievesRace) {
  for (unsigned seed = 0; seed < 30; ++seed) race(seed, 1 + static_cast<int>(seed % 3), 5'000);
}

}  // namespace
}  // namespace gauntlet
