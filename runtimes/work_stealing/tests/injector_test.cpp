#include "runtimes/work_stealing/injector.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace gauntlet {
namespace {

struct NumberedJob final : Job {
  NumberedJob() : Job([](Job&) noexcept {}) {}
  int producer = 0;
  int number = 0;
};

TEST(Injector, GivesEachWorkerItsShareInOrder) {
  Injector injector;
  NumberedJob jobs[10];
  for (NumberedJob& job : jobs) injector.push(job);
  RunQueue batch;
  EXPECT_EQ(injector.take(batch, 2, 100), 6u);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(batch.pop(), &jobs[i]);
  EXPECT_EQ(injector.take(batch, 2, 2), 2u);
  EXPECT_EQ(injector.take(batch, 4, 100), 1u);
  EXPECT_EQ(injector.take(batch, 4, 100), 1u);
  EXPECT_TRUE(injector.empty());
  EXPECT_EQ(injector.take(batch, 4, 100), 0u);
}

TEST(Injector, TakesAWholeChain) {
  Injector injector;
  NumberedJob jobs[3];
  RunQueue chain;
  for (NumberedJob& job : jobs) chain.push(job);
  injector.push_all(chain, 3);
  EXPECT_TRUE(chain.empty());
  RunQueue batch;
  EXPECT_EQ(injector.take(batch, 1, 100), 3u);
  for (NumberedJob& job : jobs) EXPECT_EQ(batch.pop(), &job);
}

TEST(Injector, LosesNothingAndKeepsTheOrderOfEachProducer) {
  constexpr int producers = 3;
  constexpr int each = 3'000;
  Injector injector;
  std::vector<std::vector<NumberedJob>> jobs(producers);
  std::vector<std::thread> threads;
  for (int producer = 0; producer < producers; ++producer) {
    auto& mine = jobs[static_cast<std::size_t>(producer)] = std::vector<NumberedJob>(each);
    for (int i = 0; i < each; ++i) {
      mine[static_cast<std::size_t>(i)].producer = producer;
      mine[static_cast<std::size_t>(i)].number = i;
    }
    threads.emplace_back([&injector, &mine] {
      for (NumberedJob& job : mine) injector.push(job);
    });
  }
  std::vector<int> next(producers, 0);
  int total = 0;
  while (total < producers * each) {
    RunQueue batch;
    injector.take(batch, 1, 64);
    while (Job* job = batch.pop()) {
      auto& numbered = static_cast<NumberedJob&>(*job);
      ASSERT_EQ(numbered.number, next[static_cast<std::size_t>(numbered.producer)]++);
      ++total;
    }
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(injector.empty());
}

}  // namespace
}  // namespace gauntlet
