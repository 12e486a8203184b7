#include "harness/plan/rotation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace gauntlet {
namespace {

TEST(Rotation, IsAPermutationInEveryRound) {
  for (std::size_t count = 1; count <= 13; ++count) {
    std::vector<std::size_t> all(count);
    std::iota(all.begin(), all.end(), std::size_t{0});
    for (const int rounds : {1, 2, 6, 12, 30}) {
      for (int round = 0; round < rounds; ++round) {
        auto order = rotated_order(count, round, rounds);
        std::ranges::sort(order);
        ASSERT_EQ(order, all) << count << " contenders, round " << round << " of " << rounds;
      }
    }
  }
}

/// How often each contender takes each position: {contender, position} -> times.
std::map<std::pair<std::size_t, std::size_t>, int> visits(std::size_t count, int rounds) {
  std::map<std::pair<std::size_t, std::size_t>, int> times;
  for (int round = 0; round < rounds; ++round) {
    const auto order = rotated_order(count, round, rounds);
    for (std::size_t position = 0; position < count; ++position) ++times[{order[position], position}];
  }
  return times;
}

TEST(Rotation, LetsEachContenderTakeEachPositionOnceInAsManyRounds) {
  for (std::size_t count = 1; count <= 13; ++count) {
    const auto times = visits(count, static_cast<int>(count));
    ASSERT_EQ(times.size(), count * count);
    for (const auto& [where, often] : times) ASSERT_EQ(often, 1) << count;
  }
}

TEST(Rotation, LetsEachContenderTakeEachPositionWhenThereAreMoreRounds) {
  for (std::size_t count = 1; count <= 6; ++count) EXPECT_EQ(visits(count, 6).size(), count * count) << count;
}

TEST(Rotation, NeverRepeatsAPositionWithFewerRoundsThanContenders) {
  for (const auto& [where, often] : visits(10, 6)) EXPECT_EQ(often, 1);
}

TEST(Rotation, LetsEachContenderFollowEachOtherOnceWhenTheirNumberIsEven) {
  for (const std::size_t count : {2u, 4u, 6u, 10u}) {
    std::map<std::pair<std::size_t, std::size_t>, int> follows;
    for (std::size_t round = 0; round < count; ++round) {
      const auto order = rotated_order(count, static_cast<int>(round), static_cast<int>(count));
      for (std::size_t i = 1; i < count; ++i) ++follows[{order[i - 1], order[i]}];
    }
    ASSERT_EQ(follows.size(), count * (count - 1));
    for (const auto& [pair, often] : follows) ASSERT_EQ(often, 1) << count;
  }
}

}  // namespace
}  // namespace gauntlet
