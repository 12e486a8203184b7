// Simulated with fixed seeds: a failure is a defect of the code, never bad luck.
#include "harness/stats/change_points.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace gauntlet {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// `count` values around each level in turn.
std::vector<double> steps(const std::vector<double>& levels, std::size_t count, double spread, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> noise(0, spread);
  std::vector<double> values;
  for (const double level : levels) {
    for (std::size_t i = 0; i < count; ++i) values.push_back(level + noise(random));
  }
  return values;
}

std::vector<std::size_t> indices(const std::vector<ChangePoint>& points) {
  std::vector<std::size_t> found;
  for (const ChangePoint& point : points) found.push_back(point.index);
  return found;
}

TEST(ChangePoints, AreNotSeenInTooFewValues) {
  EXPECT_THAT(find_change_points({}), IsEmpty());
  const std::vector<double> five = {1, 1, 1, 9, 9};
  EXPECT_THAT(find_change_points(five), IsEmpty());
}

TEST(ChangePoints, AreNotSeenWhereAllValuesAreEqual) {
  const std::vector<double> flat(20, 4.5);
  EXPECT_THAT(find_change_points(flat), IsEmpty());
}

TEST(ChangePoints, OfAStepIsWhereItStepped) {
  const auto values = steps({4.0, 4.4}, 15, 0.05, 1);
  EXPECT_THAT(indices(find_change_points(values)), ElementsAre(15));
}

TEST(ChangePoints, OfSeveralStepsAreAllFoundInOrder) {
  const auto values = steps({4.0, 4.4, 3.9}, 15, 0.05, 2);
  EXPECT_THAT(indices(find_change_points(values)), ElementsAre(15, 30));
}

TEST(ChangePoints, OfASpikeAreNone) {
  auto values = steps({4.0}, 30, 0.05, 3);
  values[12] = 6;
  EXPECT_THAT(find_change_points(values), IsEmpty());
}

TEST(ChangePoints, AreFoundInTheSpreadAsInTheLevel) {
  auto values = steps({4.0}, 40, 0.02, 4);
  const auto wild = steps({4.0}, 40, 0.6, 5);
  values.insert(values.end(), wild.begin(), wild.end());
  const auto found = indices(find_change_points(values));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NEAR(static_cast<double>(found[0]), 40, 4);
}

TEST(ChangePoints, DependOnTheSeedAlone) {
  const auto values = steps({4.0, 4.05}, 12, 0.05, 6);
  EXPECT_EQ(find_change_points(values), find_change_points(values));
}

}  // namespace
}  // namespace gauntlet
