#include "runtimes/contract/near_matches.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gauntlet {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<std::string> kRuntimes = {"single_loop", "multi_loop", "io_uring", "work_stealing", "busy_wait"};

TEST(NearMatches, FindsANameWithOneLetterMissing) {
  EXPECT_THAT(near_matches("singl_loop", kRuntimes), ElementsAre("single_loop"));
}

TEST(NearMatches, FindsANameWithTwoLettersSwapped) {
  EXPECT_THAT(near_matches("io_urign", kRuntimes), ElementsAre("io_uring"));
}

TEST(NearMatches, FindsANameOfWhichOnlyAPartWasTyped) {
  EXPECT_THAT(near_matches("uring", kRuntimes), ElementsAre("io_uring"));
  EXPECT_THAT(near_matches("loop", kRuntimes), ElementsAre("multi_loop", "single_loop"));
}

TEST(NearMatches, IgnoresTheCaseOfLetters) {
  EXPECT_THAT(near_matches("Busy_Wait", kRuntimes), ElementsAre("busy_wait"));
}

TEST(NearMatches, PutsTheNearestFirst) {
  const std::vector<std::string> names = {"rates", "rate"};
  EXPECT_THAT(near_matches("rat", names), ElementsAre("rate", "rates"));
}

TEST(NearMatches, OffersNothingForAWordUnlikeAnyName) {
  EXPECT_THAT(near_matches("kubernetes", kRuntimes), IsEmpty());
  EXPECT_THAT(near_matches("", kRuntimes), IsEmpty());
  EXPECT_THAT(near_matches("x", std::vector<std::string>{"y"}), IsEmpty());
}

TEST(NearMatches, OffersAtMostThree) {
  const std::vector<std::string> names = {"loop1", "loop2", "loop3", "loop4"};
  EXPECT_EQ(near_matches("loop", names).size(), 3u);
}

}  // namespace
}  // namespace gauntlet
