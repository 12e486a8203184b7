// What a whole gate says of simulated builds, stopping rule and all: it has to find a regression, and to keep silent
// without one. Fixed seeds: a failure is a defect of the code, never bad luck.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "harness/gate/tests/gate_fixture.hpp"

namespace gauntlet {
namespace {

struct Machine {
  double spread;     ///< of single runs
  double disturbed;  ///< share of runs that cost 30 % more
};

/// Shares of the words over many gates of a build that costs `effect` times the base.
std::map<VerdictWord, double> words(const GatePlan& plan, double effect, Machine machine, int trials) {
  std::mt19937_64 random(20240607);
  std::lognormal_distribution<double> run(0, machine.spread);
  std::bernoulli_distribution disturbed(machine.disturbed);
  std::map<VerdictWord, double> share;
  for (int trial = 0; trial < trials; ++trial) {
    const fixtures::FakeSubject subject([&](const RunSpec& spec, Build) {
      return 4 * run(random) * (disturbed(random) ? 1.3 : 1) * (spec.arm == "head" ? effect : 1);
    });
    share[fixtures::judged(plan, subject).at(0).verdict.word] += 1.0 / trials;
  }
  return share;
}

/// One-second runs on the two-CPU machine that this was made for; three of them a round, 60 rounds in the budget.
constexpr Machine kUsual{.spread = 0.02, .disturbed = 1.0 / 40};
constexpr Machine kLoud{.spread = 0.08, .disturbed = 0.2};

TEST(GateSimulation, FindsARegressionOfFivePercent) {
  auto share = words(fixtures::one_build(), 1.05, kUsual, 400);
  EXPECT_GT(share[VerdictWord::slower], 0.95);
  EXPECT_EQ(share[VerdictWord::faster], 0);
}

TEST(GateSimulation, SaysSlowerOfEqualBuildsInLessThanOneCaseOfAHundred) {
  auto share = words(fixtures::one_build(), 1.0, kUsual, 1000);
  EXPECT_LT(share[VerdictWord::slower], 0.01);
  EXPECT_GT(share[VerdictWord::same], 0.9);
}

TEST(GateSimulation, IsUnstableButNotWrongOnALoudMachine) {
  auto equal = words(fixtures::one_build(), 1.0, kLoud, 150);
  EXPECT_LT(equal[VerdictWord::slower], 0.02);
  auto regression = words(fixtures::one_build(), 1.10, kLoud, 150);
  EXPECT_EQ(regression[VerdictWord::faster], 0);
  EXPECT_LT(regression[VerdictWord::same], 0.05);
}

}  // namespace
}  // namespace gauntlet
