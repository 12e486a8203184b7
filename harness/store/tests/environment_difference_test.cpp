#include "harness/store/environment_difference.hpp"

#include <gtest/gtest.h>

#include "harness/store/tests/fixtures.hpp"

namespace gauntlet {
namespace {

TEST(EnvironmentDifference, IsEmptyBetweenEquals) {
  EXPECT_EQ(environment_difference(fixtures::small_environment(), fixtures::small_environment()), "");
}

TEST(EnvironmentDifference, NamesEachIdentifyingFactWithBothValues) {
  EnvironmentRecord other = fixtures::small_environment();
  other.facts[0].value = "6.12.9";
  other.facts[1].value = "0.01";
  other.facts[2].value = "def456";
  EXPECT_EQ(environment_difference(fixtures::small_environment(), other),
            "kernel (6.1.0 there, 6.12.9 here), revision (abc123 there, def456 here)");
}

TEST(EnvironmentDifference, NamesAFactThatOneSideDoesNotKnow) {
  EnvironmentRecord less = fixtures::small_environment();
  less.facts.erase(less.facts.begin());
  EXPECT_EQ(environment_difference(less, fixtures::small_environment(), {"in A", "in B"}),
            "kernel (unknown in A, 6.1.0 in B)");
  EXPECT_EQ(environment_difference(fixtures::small_environment(), less, {"in A", "in B"}),
            "kernel (6.1.0 in A, unknown in B)");
}

TEST(EnvironmentDifference, LetsTheRevisionDifferWhereTwoBuildsAreCompared) {
  EnvironmentRecord other = fixtures::small_environment();
  other.facts[2].value = "def456";
  EXPECT_EQ(environment_difference(fixtures::small_environment(), other, {}, identifies_machine_or_build_type), "");
}

}  // namespace
}  // namespace gauntlet
