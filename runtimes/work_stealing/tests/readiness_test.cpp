#include "runtimes/work_stealing/readiness.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace gauntlet {
namespace {

using Start = Readiness::Start;
using Block = Readiness::Block;
using Close = Readiness::Close;

/// A new operation that has to wait.
void arm(Readiness& readiness) {
  ASSERT_EQ(readiness.start(true), Start::wait);
  ASSERT_EQ(readiness.would_block(), Block::armed);
}

class Ready : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(AloneAndShared, Ready, testing::Bool());

TEST_P(Ready, ArmsAnOperationThatMustWaitAndGivesItToTheFirstEdge) {
  Readiness readiness(GetParam(), false);
  arm(readiness);
  EXPECT_EQ(readiness.start(true), Start::busy);
  EXPECT_TRUE(readiness.edge(false));
  EXPECT_EQ(readiness.start(true), Start::busy);
  EXPECT_FALSE(readiness.edge(false)) << "it has a keeper";
  EXPECT_TRUE(readiness.before_call());
  EXPECT_FALSE(readiness.finish(false));
  EXPECT_EQ(readiness.start(true), Start::wait) << "the call left nothing";
}

TEST_P(Ready, LetsAnOperationThatFindsItReadyTryOrQueue) {
  Readiness readiness(GetParam(), true);
  EXPECT_EQ(readiness.start(false), Start::queue);
  EXPECT_TRUE(readiness.before_call());
  EXPECT_FALSE(readiness.finish(true));
  EXPECT_EQ(readiness.start(true), Start::try_now);
}

TEST_P(Ready, SeesAnEdgeThatCameBeforeTheOperationWasArmed) {
  Readiness readiness(GetParam(), false);
  EXPECT_EQ(readiness.start(true), Start::wait);
  EXPECT_FALSE(readiness.edge(false));
  EXPECT_EQ(readiness.would_block(), Block::try_again);
}

TEST_P(Ready, SeesAnEdgeThatCameDuringTheCall) {
  Readiness readiness(GetParam(), true);
  EXPECT_EQ(readiness.start(true), Start::try_now);
  EXPECT_FALSE(readiness.edge(false));
  EXPECT_EQ(readiness.would_block(), Block::try_again);
  EXPECT_EQ(readiness.would_block(), Block::armed);
  EXPECT_TRUE(readiness.edge(false));
}

TEST_P(Ready, StaysReadyAfterAHangUp) {
  Readiness readiness(GetParam(), false);
  EXPECT_FALSE(readiness.edge(true));
  EXPECT_EQ(readiness.start(true), Start::try_now);
  EXPECT_FALSE(readiness.finish(false));
  EXPECT_EQ(readiness.start(true), Start::try_now);
}

TEST_P(Ready, GivesACancelledOperationToItsCancellerOrTellsItsKeeper) {
  Readiness readiness(GetParam(), false);
  EXPECT_FALSE(readiness.cancel()) << "there is none";
  arm(readiness);
  EXPECT_TRUE(readiness.cancel());
  EXPECT_FALSE(readiness.cancel());
  EXPECT_FALSE(readiness.edge(false));
  EXPECT_FALSE(readiness.before_call());
  EXPECT_FALSE(readiness.finish(false));
  EXPECT_EQ(readiness.start(true), Start::try_now) << "the edge is not lost";
  EXPECT_FALSE(readiness.cancel());
  EXPECT_EQ(readiness.would_block(), Block::cancelled);
}

TEST_P(Ready, TellsACloseWhetherItMustWait) {
  Readiness idle(GetParam(), true);
  EXPECT_EQ(idle.close(), Close::idle);
  EXPECT_EQ(idle.start(true), Start::closing);
  Readiness armed(GetParam(), false);
  arm(armed);
  EXPECT_EQ(armed.close(), Close::claimed);
  EXPECT_FALSE(armed.before_call());
  EXPECT_TRUE(armed.finish(false));
  Readiness starting(GetParam(), false);
  EXPECT_EQ(starting.start(true), Start::wait);
  EXPECT_EQ(starting.close(), Close::kept);
  EXPECT_EQ(starting.would_block(), Block::cancelled);
  EXPECT_TRUE(starting.finish(false));
  Readiness kept(GetParam(), true);
  EXPECT_EQ(kept.start(true), Start::try_now);
  EXPECT_EQ(kept.close(), Close::kept);
  EXPECT_TRUE(kept.finish(true));
}

TEST(Readiness, GivesEachOperationToExactlyOneOfPollerAndCanceller) {
  constexpr int rounds = 20'000;
  Readiness readiness(false, false);
  std::atomic<int> round{0};
  std::atomic<int> kept{0};
  std::atomic<int> looked{0};
  const auto competitor = [&](bool cancels) {
    for (int i = 1; i <= rounds; ++i) {
      while (round.load() < i) std::this_thread::yield();
      if (cancels ? readiness.cancel() : readiness.edge(false)) kept.fetch_add(1);
      looked.fetch_add(1);
    }
  };
  std::thread poller(competitor, false);
  std::thread canceller(competitor, true);
  for (int i = 1; i <= rounds; ++i) {
    const bool queued = readiness.start(false) == Start::queue;
    EXPECT_TRUE(!queued || readiness.before_call());
    EXPECT_EQ(readiness.would_block(), Block::armed);
    round.store(i);
    while (looked.load() < 2 * i) std::this_thread::yield();
    ASSERT_EQ(kept.load(), i);
    (void)readiness.finish(false);
  }
  poller.join();
  canceller.join();
}

}  // namespace
}  // namespace gauntlet
