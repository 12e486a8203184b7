#include "harness/doctor/diagnosis.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace gauntlet {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::Not;

Fact fact(const std::string& name, FactLevel level) {
  return {.name = name, .value = "v", .effect = "it does something", .fix = "do this", .level = level};
}

Environment environment(std::vector<Fact> facts) { return {.fingerprint = "f00d", .facts = std::move(facts)}; }

std::expected<AaProbe, std::string> probe_of(double ratio) {
  AaProbe probe{.log_ratios = {}, .elapsed_s = 10, .seconds_per_pair = 1};
  for (int i = 0; i < 10; ++i) probe.log_ratios.push_back(i % 2 == 0 ? ratio : -ratio);
  return probe;
}

TEST(Diagnosis, HasTheWorstFirstAndLeavesOutWhatDoesNothing) {
  const Fact plain{.name = "cpu_model", .value = "a CPU"};
  const auto diagnosis = diagnose(environment({fact("a", FactLevel::ok), plain, fact("b", FactLevel::warning),
                                               fact("c", FactLevel::problem), fact("d", FactLevel::warning)}),
                                  std::nullopt);
  EXPECT_THAT(diagnosis.findings, ElementsAre(Field(&Fact::name, "c"), Field(&Fact::name, "b"), Field(&Fact::name, "d"),
                                              Field(&Fact::name, "a")));
}

TEST(Diagnosis, OfWarningsAloneIsFitToMeasure) {
  EXPECT_TRUE(is_fit_to_measure(diagnose(environment({fact("b", FactLevel::warning)}), std::nullopt)));
  EXPECT_FALSE(is_fit_to_measure(diagnose(environment({fact("b", FactLevel::problem)}), std::nullopt)));
}

TEST(Diagnosis, OfANoisyMachineOrAFailedProbeIsNotFit) {
  EXPECT_TRUE(is_fit_to_measure(diagnose(environment({}), probe_of(0.02))));
  EXPECT_FALSE(is_fit_to_measure(diagnose(environment({}), probe_of(0.5))));
  const std::expected<AaProbe, std::string> failed = std::unexpected("the worker died");
  const auto diagnosis = diagnose(environment({}), failed);
  EXPECT_FALSE(is_fit_to_measure(diagnosis));
  EXPECT_THAT(diagnosis_text(diagnosis, false), AllOf(HasSubstr("the worker died"), HasSubstr("not fit to measure")));
}

TEST(Diagnosis, StatesWhatAMinuteResolves) {
  const auto diagnosis = diagnose(environment({}), probe_of(0.02));
  ASSERT_TRUE(diagnosis.noise);
  EXPECT_EQ(diagnosis.noise->pairs_per_minute, 60u);
  EXPECT_EQ(diagnosis.noise->resolution.effect, resolution_of(probe_of(0.02)->log_ratios, 60)->effect);
  EXPECT_THAT(diagnosis_text(diagnosis, false),
              HasSubstr("In one minute (60 pairs) this machine resolves a change of"));
}

TEST(Diagnosis, OfRunsThatTakeTooLongIsNone) {
  auto slow = probe_of(0.02);
  slow->seconds_per_pair = 11;
  EXPECT_THAT(diagnose(environment({}), slow).probe_failure, HasSubstr("a minute holds too few"));
}

TEST(Diagnosis, SaysWhatToDoAndHasColoursOnlyWhereTheyAreWanted) {
  const auto diagnosis = diagnose(environment({fact("turbo", FactLevel::warning)}), std::nullopt);
  EXPECT_THAT(diagnosis_text(diagnosis, false), AllOf(HasSubstr("fix: do this"), Not(HasSubstr("\033"))));
  EXPECT_THAT(diagnosis_text(diagnosis, true), HasSubstr("\033[33mwarning"));
}

TEST(Diagnosis, IsOneObjectForPrograms) {
  const auto json =
      nlohmann::json::parse(diagnosis_json(diagnose(environment({fact("turbo", FactLevel::warning)}), probe_of(0.02))));
  EXPECT_EQ(json.at("schema"), "gauntlet.doctor/1");
  const auto& first = json.at("findings").at(0);
  EXPECT_EQ(first.at("level"), "warning");
  EXPECT_EQ(first.at("effect"), "it does something");
  EXPECT_EQ(first.at("fix"), "do this");
  EXPECT_EQ(json.at("probe").at("pairs"), 10);
  EXPECT_GT(json.at("probe").at("resolved_in_one_minute"), 0);
  EXPECT_EQ(json.at("fit"), true);
  EXPECT_EQ(nlohmann::json::parse(diagnosis_json(diagnose(environment({}), std::nullopt))).at("probe"), nullptr);
}

}  // namespace
}  // namespace gauntlet
