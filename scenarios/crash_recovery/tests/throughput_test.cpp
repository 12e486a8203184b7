#include "scenarios/crash_recovery/throughput.hpp"

#include <gtest/gtest.h>

namespace gauntlet {
namespace {

constexpr std::int64_t ms = 1'000'000;

/// One answer a millisecond, from `from` on.
void answer(std::vector<std::int64_t>& answers, std::int64_t from, std::int64_t until) {
  for (std::int64_t at = from; at < until; at += ms) answers.push_back(at);
}

TEST(ThroughputTest, IsBackWhenAWindowIsAsFullAsUsual) {
  std::vector<std::int64_t> answers;
  answer(answers, 0, 200 * ms);
  answer(answers, 260 * ms, 500 * ms);
  const std::vector<ServerLife> lives{{.crash_before_ns = 0, .open_ns = 0, .end_ns = 200 * ms},
                                      {.crash_before_ns = 200 * ms, .open_ns = 230 * ms, .end_ns = 500 * ms}};
  // 18 of 20 answers stand in the window that begins two milliseconds before they do.
  EXPECT_EQ(ms_back_to_throughput(answers, lives, 0.9), 58);
}

TEST(ThroughputTest, IsNotToldWhereNoLifeWasLongEnough) {
  std::vector<std::int64_t> answers;
  answer(answers, 0, 30 * ms);
  EXPECT_EQ(ms_back_to_throughput(answers, {{.crash_before_ns = 0, .open_ns = 0, .end_ns = 30 * ms}}, 0.9),
            std::nullopt);
  EXPECT_EQ(ms_back_to_throughput(answers, {}, 0.9), std::nullopt);
}

TEST(ThroughputTest, IsNotToldOfALifeThatNeverGotThere) {
  std::vector<std::int64_t> answers;
  answer(answers, 0, 200 * ms);
  const std::vector<ServerLife> lives{{.crash_before_ns = 0, .open_ns = 0, .end_ns = 200 * ms},
                                      {.crash_before_ns = 200 * ms, .open_ns = 230 * ms, .end_ns = 260 * ms}};
  EXPECT_EQ(ms_back_to_throughput(answers, lives, 0.9), std::nullopt);
}

}  // namespace
}  // namespace gauntlet
