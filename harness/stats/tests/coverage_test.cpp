// Do the intervals hold what they promise, and the tests no more than alpha? Simulated with fixed seeds: a failure is a
// defect of the code, never bad luck.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <vector>

#include "harness/stats/bootstrap.hpp"
#include "harness/stats/change_points.hpp"
#include "harness/stats/mann_whitney.hpp"
#include "harness/stats/paired_ratio.hpp"
#include "harness/stats/sign_test.hpp"

namespace gauntlet {
namespace {

using Draw = std::function<double(std::mt19937_64&)>;

struct Population {
  const char* name;
  Draw draw;
  double median;
};

std::vector<Population> populations() {
  return {{"normal", [](auto& random) { return std::normal_distribution<double>(10, 1)(random); }, 10},
          {"exponential", [](auto& random) { return std::exponential_distribution<double>(1)(random); }, std::log(2.0)},
          {"heavy tails", [](auto& random) { return std::exp(std::cauchy_distribution<double>(0, 0.1)(random)); }, 1}};
}

std::vector<double> sample(const Draw& draw, std::size_t count, std::mt19937_64& random) {
  std::vector<double> values(count);
  for (double& value : values) value = draw(random);
  return values;
}

double share_of(int trials, const std::function<bool()>& holds) {
  int count = 0;
  for (int i = 0; i < trials; ++i) count += holds() ? 1 : 0;
  return static_cast<double>(count) / trials;
}

bool contains(const std::optional<Interval>& interval, double value) {
  return interval && interval->low <= value && value <= interval->high;
}

TEST(Coverage, OfTheExactMedianIntervalIsWhatTheBinomialSays) {
  std::mt19937_64 random(1);
  for (const Population& population : populations()) {
    for (const std::size_t count : {6u, 9u, 12u, 25u}) {
      const double seen = share_of(
          6000, [&] { return contains(median_interval(sample(population.draw, count, random)), population.median); });
      EXPECT_NEAR(seen, median_ranks(count)->coverage, 0.011) << population.name << ", " << count;
      EXPECT_GE(median_ranks(count)->coverage, 0.95);
    }
  }
}

TEST(Coverage, OfTheBootstrapIntervalIsNearWhatIsAsked) {
  std::mt19937_64 random(2);
  for (const Population& population : populations()) {
    for (const std::size_t count : {12u, 25u}) {
      const double seen = share_of(800, [&] {
        const BootstrapOptions options{.seed = random(), .resamples = 400};
        return contains(bootstrap_median(sample(population.draw, count, random), options), population.median);
      });
      EXPECT_GT(seen, 0.90) << population.name << ", " << count;
      EXPECT_LT(seen, 0.985) << population.name << ", " << count;
    }
  }
}

TEST(Coverage, OfTheBootstrapIntervalOfARatioIsNearWhatIsAsked) {
  std::mt19937_64 random(3);
  for (const Population& population : populations()) {
    const double seen = share_of(800, [&] {
      const auto a = sample(population.draw, 15, random), b = sample(population.draw, 12, random);
      return contains(bootstrap_median_ratio(a, b, {.seed = random(), .resamples = 400}), 1);
    });
    EXPECT_GT(seen, 0.92) << population.name;
    EXPECT_LT(seen, 0.995) << population.name;
  }
}

TEST(Coverage, TestsCallEqualsDifferentInNoMoreThanAlphaOfCases) {
  std::mt19937_64 random(4);
  for (const Population& population : populations()) {
    const double by_signs = share_of(6000, [&] {
      const auto a = sample(population.draw, 12, random), b = sample(population.draw, 12, random);
      return sign_test(log_ratios(a, b)) <= 0.05;
    });
    EXPECT_LE(by_signs, 0.045) << population.name;
    EXPECT_GT(by_signs, 0.02) << population.name << ": with twelve pairs it is 3.9 %";
    const double by_ranks = share_of(3000, [&] {
      return mann_whitney(sample(population.draw, 12, random), sample(population.draw, 9, random)).p <= 0.05;
    });
    EXPECT_LE(by_ranks, 0.06) << population.name;
    EXPECT_GT(by_ranks, 0.035) << population.name;
  }
}

TEST(FalseAlarms, OfChangePointsAreNoMoreOftenThanTheSignificanceSays) {
  std::mt19937_64 random(6);
  std::normal_distribution<double> noise(4, 0.05);
  constexpr int trials = 200;
  const double alarms = share_of(trials, [&] {
    std::vector<double> values(20);
    for (double& value : values) value = noise(random);
    return !find_change_points(values, {.permutations = 99}).empty();
  });
  EXPECT_LE(alarms, 0.1) << "5 % are expected";
  EXPECT_GE(alarms, 0.005) << "a test that never fires has no significance";
}

}  // namespace
}  // namespace gauntlet
