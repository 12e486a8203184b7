#include "harness/stats/ranking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace gauntlet {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Pairs = std::set<std::pair<std::string, std::string>>;

std::vector<std::vector<std::string>> ranked(std::vector<Ranked> contenders, const Pairs& faster,
                                             Better better = Better::lower) {
  return rank(std::move(contenders), better, [&](const std::string& x, const std::string& y) {
    return faster.contains({x, y});
  });
}

TEST(Ranking, PutsWhatCannotBeToldApartInOneGroup) {
  EXPECT_THAT(ranked({{"b", 2}, {"a", 1}}, {}), ElementsAre(ElementsAre("a", "b")));
}

TEST(Ranking, StartsAGroupWhereSomebodyIsFaster) {
  EXPECT_THAT(ranked({{"c", 3}, {"b", 2}, {"a", 1}}, {{"a", "b"}, {"a", "c"}}),
              ElementsAre(ElementsAre("a"), ElementsAre("b", "c")));
}

TEST(Ranking, SplitsAChainWhereItsEndsDiffer) {
  EXPECT_THAT(ranked({{"a", 1}, {"b", 2}, {"c", 3}}, {{"a", "c"}}),
              ElementsAre(ElementsAre("a", "b"), ElementsAre("c")));
}

TEST(Ranking, PutsTheHighestFirstWhereHigherIsBetter) {
  EXPECT_THAT(ranked({{"a", 1}, {"b", 2}}, {{"b", "a"}}, Better::higher),
              ElementsAre(ElementsAre("b"), ElementsAre("a")));
}

TEST(Ranking, NeverHoldsTwoInAGroupWhenPairedRoundsContradictTheMedians) {
  EXPECT_THAT(ranked({{"a", 1}, {"b", 2}}, {{"b", "a"}}), ElementsAre(ElementsAre("a"), ElementsAre("b")));
}

TEST(Ranking, HandlesOneAndNone) {
  EXPECT_THAT(ranked({{"a", 1}}, {}), ElementsAre(ElementsAre("a")));
  EXPECT_THAT(ranked({}, {}), IsEmpty());
}

}  // namespace
}  // namespace gauntlet
