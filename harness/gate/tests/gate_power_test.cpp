// Simulated rounds with a known effect: does the power that is told from them go the way that it must?
#include "harness/gate/gate_power.hpp"

#include <gtest/gtest.h>

#include <random>

#include "harness/gate/tests/gate_fixture.hpp"

namespace gauntlet {
namespace {

constexpr ShareOptions kFew{.trials = 150, .resamples = 20, .trials_of_resample = 20};
constexpr ShareOptions kVeryFew{.trials = 40, .resamples = 5, .trials_of_resample = 5};

/// Rounds of the one duel of the plan, where head costs `effect` times the base; runs vary by 2 %.
RecordedRounds simulated_rounds(const GatePlan& plan, double effect, std::size_t rounds, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::lognormal_distribution<double> run(0, 0.02);
  RecordedRounds recorded;
  for (std::size_t i = 0; i < rounds; ++i) {
    RecordedRound round;
    for (const char* arm : {"head", "against", "again"}) {
      RunRecord record;
      record.spec = {
          .cell = plan.duels[0].name(), .scenario = "load", .runtime = "single_loop", .arm = arm, .params = {}};
      record.elapsed_s = 1;
      const double cost = 4 * run(random) * (arm == std::string("head") ? effect : 1);
      record.metrics[fixtures::kCost] = {.value = cost, .unit = "us", .better = Better::lower};
      round[arm] = record;
    }
    recorded.by_name[plan.duels[0].name()].push_back(std::move(round));
  }
  return recorded;
}

double share_slower(const EndingShares& shares) { return shares[static_cast<std::size_t>(GateEnding::slower)].share; }

TEST(GatePowerSimulation, GrowsWithRoundsAndWithTheEffect) {
  const GatePlan plan = fixtures::one_build();
  std::vector<GatePower> powers;
  for (const double effect : {1.03, 1.10}) {
    const RecordedRounds pool[] = {simulated_rounds(plan, effect, 100, 5)};
    auto power =
        power_of(plan, pool, nullptr, {.rounds = {6, 24}, .metric = "", .options = kFew, .as_configured = false});
    ASSERT_TRUE(power) << power.error();
    EXPECT_EQ(power->recorded, 100u);
    EXPECT_NEAR(*power->effects.at(0).ratio.ratio, effect, 0.015);
    powers.push_back(std::move(*power));
  }
  EXPECT_LT(share_slower(powers[0].curve[0].shares), share_slower(powers[0].curve[1].shares));
  EXPECT_LT(share_slower(powers[0].curve[0].shares), share_slower(powers[1].curve[0].shares));
  EXPECT_GT(share_slower(powers[1].curve[1].shares), 0.99);
}

TEST(GatePowerSimulation, OfTheStoppingRuleFindsFivePercentAndKeepsSilentAboutNothing) {
  const GatePlan plan = fixtures::one_build();
  const RecordedRounds planted[] = {simulated_rounds(plan, 1.05, 100, 6)};
  const RecordedRounds equal[] = {simulated_rounds(plan, 1, 60, 7), simulated_rounds(plan, 1, 60, 8)};
  const PowerQuestion question{.rounds = {}, .metric = "", .options_as_configured = kVeryFew};
  const auto found = power_of(plan, planted, nullptr, question);
  const auto silent = power_of(plan, equal, nullptr, question);
  ASSERT_TRUE(found && silent);
  EXPECT_GT(share_slower(*found->as_configured), 0.9);
  EXPECT_GE(found->median_rounds, plan.least_rounds);
  EXPECT_NEAR(found->median_s, 3 * found->median_rounds, 6) << "three runs of a second each round";
  EXPECT_LT(share_slower(*silent->as_configured), 0.05);
}

TEST(GatePowerSimulation, OfAMetricThatIsNotGatedIsNone) {
  const GatePlan plan = fixtures::one_build();
  const RecordedRounds pool[] = {simulated_rounds(plan, 1.10, 30, 5)};
  const auto power = power_of(plan, pool, nullptr,
                              {.rounds = {24}, .metric = "latency_p99_us", .options = kFew, .as_configured = false});
  ASSERT_TRUE(power);
  EXPECT_EQ(share_slower(power->curve[0].shares), 0);
}

TEST(GatePower, NeedsARoundOfWhatIsGated) {
  const RecordedRounds nothing[] = {RecordedRounds()};
  const auto power = power_of(fixtures::one_build(), nothing, nullptr, {});
  ASSERT_FALSE(power);
  EXPECT_NE(power.error().find("no whole round"), std::string::npos);
}

TEST(GatePower, RefusesGroupsOfTwoMachines) {
  const GatePlan plan = fixtures::one_build();
  std::vector<RecordedRounds> groups = {simulated_rounds(plan, 1, 6, 1), simulated_rounds(plan, 1, 6, 2)};
  groups[0].environment.facts = {{.name = "cpu_model", .value = "A", .warning = "", .identifies = true}};
  groups[1].environment.facts = {{.name = "cpu_model", .value = "B", .warning = "", .identifies = true}};
  const auto power = power_of(plan, groups, nullptr, {});
  ASSERT_FALSE(power);
  EXPECT_NE(power.error().find("different machines"), std::string::npos);
}

TEST(GatePower, JudgesCountsAgainstTheirBaseline) {
  const GatePlan plan = fixtures::one_count(true);
  RecordedRounds recorded;
  for (int i = 0; i < 12; ++i) {
    RunRecord record;
    record.spec = {
        .cell = plan.counts[0].name(), .scenario = "busy_wait", .runtime = "single_loop", .arm = "head", .params = {}};
    record.metrics["idle_cpu_percent"] = {.value = 20.0 + i % 2, .unit = "%", .better = Better::lower};
    recorded.by_name[plan.counts[0].name()].push_back({{"head", record}});
  }
  CountsBaseline baseline;
  baseline.counts.push_back({.cell = plan.counts[0].cell,
                             .runtime = plan.counts[0].runtime,
                             .params = plan.counts[0].params,
                             .values = {{"idle_cpu_percent", 10}}});
  const RecordedRounds pool[] = {recorded};
  const auto power = power_of(plan, pool, &baseline,
                              {.rounds = {3}, .metric = "", .options = kVeryFew, .options_as_configured = kVeryFew});
  ASSERT_TRUE(power) << power.error();
  EXPECT_NEAR(share_slower(power->curve[0].shares), 1, 1e-9);
  EXPECT_NEAR(share_slower(*power->as_configured), 1, 1e-9);
  EXPECT_EQ(power->median_rounds, 3);
}

TEST(GateEnding, IsTheWorstWordOfAll) {
  const auto ending = [](std::vector<VerdictWord> words) {
    std::vector<GateVerdict> verdicts;
    for (const VerdictWord word : words) {
      verdicts.emplace_back();
      verdicts.back().metric.name = fixtures::kCost;
      verdicts.back().verdict.word = word;
    }
    return ending_of(verdicts, "");
  };
  using enum VerdictWord;
  EXPECT_EQ(ending({same, unstable, slower}), GateEnding::slower);
  EXPECT_EQ(ending({same, unstable, faster}), GateEnding::faster);
  EXPECT_EQ(ending({same, unstable}), GateEnding::undecided);
  EXPECT_EQ(ending({same, invalid}), GateEnding::undecided);
  EXPECT_EQ(ending({same, same}), GateEnding::same);
}

}  // namespace
}  // namespace gauntlet
