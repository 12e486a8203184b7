#include "harness/cli/listing.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "harness/cli/tests/record_fixture.hpp"

namespace gauntlet {
namespace {

using Json = nlohmann::json;

TEST(Listing, OfRunsHasSchemaEnvironmentAndOneObjectARun) {
  RunRecord record = fixtures::broken_must("single_loop");
  record.spec.round = 2;
  record.spec.params = {{"protocol", "echo"}};
  record.effective_config = {{"backend", "single_loop"}};
  const EnvironmentRecord environment{.fingerprint = "f00d", .facts = {}};
  const Json json = Json::parse(runs_json(environment, {record}));
  EXPECT_EQ(json.at("schema"), "gauntlet.runs/1");
  EXPECT_EQ(json.at("environment").at("fingerprint"), "f00d");
  const Json& run = json.at("runs").at(0);
  EXPECT_EQ(run.at("scenario"), "load");
  EXPECT_EQ(run.at("runtime"), "single_loop");
  EXPECT_EQ(run.at("round"), 2);
  EXPECT_EQ(run.at("params").at("protocol"), "echo");
  EXPECT_EQ(run.at("effective_config").at("backend"), "single_loop");
  EXPECT_EQ(run.at("status"), "failed");
  EXPECT_EQ(run.at("reason"), record.reason);
  EXPECT_EQ(run.at("verdicts").at(0).at("met"), false);
  EXPECT_EQ(run.at("metrics").at("cpu_us"), Json({{"value", 4.5}, {"unit", "us"}, {"better", "lower"}}));
}

TEST(Listing, OfRuntimesTellsWhichCanBeHadAndWhyNot) {
  RuntimeListing missing;
  missing.name = "io_uring";
  missing.aliases = {"uring"};
  missing.reason = "this kernel forbids it";
  const Json json = Json::parse(runtimes_json({missing}));
  const Json& runtime = json.at("runtimes").at(0);
  EXPECT_EQ(runtime.at("name"), "io_uring");
  EXPECT_EQ(runtime.at("aliases"), Json({"uring"}));
  EXPECT_EQ(runtime.at("available"), false);
  EXPECT_EQ(runtime.at("reason"), "this kernel forbids it");
  EXPECT_TRUE(runtime.at("features").is_array());
}

TEST(Listing, OfRuntimesSaysWhatEachOffersAndWhyItLacksTheRest) {
  RuntimeListing few;
  few.name = "few";
  few.not_supported = {{Feature::files, "it has no disk"}};
  few.most_tasks = 3;
  const Json runtime = Json::parse(runtimes_json({few})).at("runtimes").at(0);
  EXPECT_EQ(runtime.at("offers").size(), all_features().size());
  EXPECT_EQ(runtime.at("offers").at("files"), false);
  EXPECT_EQ(runtime.at("offers").at("stealing"), true);
  EXPECT_EQ(runtime.at("not_supported"), Json({{"files", "it has no disk"}}));
  EXPECT_EQ(runtime.at("most_tasks"), 3);
}

TEST(Listing, ConstructsTheRuntimesToKnowWhetherTheyCanBeHad) {
  for (const RuntimeListing& runtime : runtimes_here()) {
    EXPECT_EQ(runtime.available, runtime.reason.empty()) << runtime.name;
    EXPECT_EQ(runtime.available, !runtime.features.empty()) << runtime.name;
  }
}

TEST(Listing, OfFailpointsSaysWhereEachStandsAndWhetherItCanFail) {
  const Json list = Json::parse(failpoints_json(all_failpoints())).at("failpoints");
  EXPECT_EQ(list.size(), all_failpoints().size());
  EXPECT_EQ(list.at(0).at("name"), "http_connection_begun");
  EXPECT_EQ(list.at(0).at("can_fail"), false);
  EXPECT_NE(list.at(0).at("stands_at"), "");
}

TEST(Listing, OfScenariosShowsParametersWithBothSizes) {
  ScenarioInfo scenario;
  scenario.name = "load";
  scenario.question = "What does a request cost?";
  ParameterInfo parameter;
  parameter.name = "connections";
  parameter.default_value = "64";
  parameter.smoke_value = "4";
  scenario.parameters = {parameter};
  const Json json = Json::parse(scenarios_json({scenario}));
  EXPECT_EQ(json.at("scenarios").at(0).at("question"), scenario.question);
  EXPECT_EQ(json.at("scenarios").at(0).at("parameters").at(0).at("smoke"), "4");
}

TEST(Listing, OfSuitesKnowsThoseThatAreShipped) {
  std::set<std::string> names;
  for (const SuiteListing& suite : suites_here()) {
    names.insert(suite.name);
    EXPECT_GT(suite.families, 0u) << suite.name << ": " << suite.title;
  }
  EXPECT_TRUE(names.contains("quick"));
  EXPECT_TRUE(names.contains("smoke"));
}

}  // namespace
}  // namespace gauntlet
