#include "harness/cli/power_output.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/cli/gate_output.hpp"

namespace gauntlet {
namespace {

using testing::HasSubstr;

PowerAnswer an_answer() {
  PowerAnswer answer{
      .command = "gauntlet power pool.jsonl", .metric = "", .power = GatePower(), .gates = EndingCounts{5, 0, 0, 0}};
  GatePower& power = *answer.power;
  power.recorded = 100;
  power.curve.push_back({.rounds = 24, .shares = {}});
  power.curve[0].shares[0] = {0.955, {0.91, 0.98}};
  power.as_configured = power.curve[0].shares;
  power.median_rounds = 31;
  power.median_s = 150;
  return answer;
}

TEST(PowerOutput, TableHasARowForEachNumberOfRoundsAndTheExactIntervalOfRealGates) {
  const std::string table = power_table(an_answer());
  EXPECT_THAT(table, HasSubstr("24                     95.5 % [91.0, 98.0]"));
  EXPECT_THAT(table, HasSubstr("as configured (31)"));
  EXPECT_THAT(table, HasSubstr("100.0 % [47.8, 100.0]")) << "five of five";
}

TEST(PowerOutput, JsonHoldsFractions) {
  const auto json = nlohmann::json::parse(power_json(an_answer()));
  EXPECT_EQ(json.at("schema"), "gauntlet.power/1");
  EXPECT_EQ(json.at("recorded").at("curve").at(0).at("slower").at("low"), 0.91);
  EXPECT_EQ(json.at("recorded").at("as_configured").at("median_s"), 150);
  EXPECT_EQ(json.at("gates").at("slower").at("count"), 5);
  EXPECT_TRUE(json.at("metric").is_null());
}

TEST(PowerOutput, ReadsHowARealGateEnded) {
  EXPECT_EQ(ending_of_report(gate_json(GateOutcome()), ""), GateEnding::same);
  const char* slower = R"({"schema": "gauntlet.gate/1", "verdicts": [{"metric": "a_us", "verdict": "slower"}]})";
  EXPECT_EQ(ending_of_report(slower, ""), GateEnding::slower);
  EXPECT_EQ(ending_of_report(slower, "b_us"), GateEnding::same);
  EXPECT_THAT(ending_of_report("{}", "").error(), HasSubstr("schema"));
  EXPECT_THAT(
      ending_of_report(R"({"schema": "gauntlet.gate/1", "verdicts": [{"metric": "a", "verdict": "so so"}]})", "")
          .error(),
      HasSubstr("so so"));
}

}  // namespace
}  // namespace gauntlet
