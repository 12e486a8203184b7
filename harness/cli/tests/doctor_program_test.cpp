// `gauntlet doctor` from outside: what it says is the machine's business, how it says it is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "harness/cli/tests/started_program.hpp"

namespace gauntlet {
namespace {

using fixtures::expect_usage_error;
using fixtures::gauntlet;
using testing::AllOf;
using testing::AnyOf;
using testing::Eq;
using testing::HasSubstr;
using testing::Not;

TEST(DoctorProgram, SaysTheSameForPeopleAndForPrograms) {
  const auto outcome = gauntlet({"doctor", "--no-probe", "--json"});
  const auto json = nlohmann::json::parse(outcome.output);
  EXPECT_EQ(outcome.code, json.at("fit").get<bool>() ? 0 : 3) << outcome.errors;
  EXPECT_EQ(json.at("probe"), nullptr);
  const auto for_people = gauntlet({"doctor", "--no-probe"});
  EXPECT_EQ(for_people.code, outcome.code);
  EXPECT_THAT(for_people.output, AllOf(HasSubstr("fit to measure"), Not(HasSubstr("\033")), Not(HasSubstr("A/A"))));
  std::set<std::string> names;
  for (const auto& finding : json.at("findings")) {
    names.insert(finding.at("name"));
    EXPECT_THAT(for_people.output, HasSubstr(finding.at("name").get<std::string>()));
    EXPECT_THAT(finding.at("level"), AnyOf(Eq("ok"), Eq("note"), Eq("warning"), Eq("problem")));
    EXPECT_NE(finding.at("effect"), "") << finding;
    EXPECT_TRUE(finding.at("level") != "problem" || finding.at("fix") != "") << finding;
  }
  for (const char* name : {"governor", "turbo", "smt", "isolated_cpus", "cgroup_cpu_quota", "clock_source", "aslr",
                           "descriptor_limit", "io_uring", "perf_access", "loopback"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(DoctorProgram, StatesTheSmallestEffectThatAMinuteResolves) {
  const auto outcome = gauntlet({"doctor", "--json"});
  const auto json = nlohmann::json::parse(outcome.output);
  ASSERT_TRUE(json.at("probe").is_object()) << outcome.output;
  const auto& probe = json.at("probe");
  EXPECT_GE(probe.at("pairs"), 6);
  EXPECT_GT(probe.at("resolved_in_one_minute"), 0);
  EXPECT_GE(probe.at("pairs_per_minute"), 6);
  EXPECT_EQ(outcome.errors, "") << "progress is for terminals";
}

TEST(DoctorProgram, RefusesWhatItDoesNotKnow) {
  expect_usage_error({"doctor", "--no-porbe"}, "did you mean --no-probe");
}

}  // namespace
}  // namespace gauntlet
