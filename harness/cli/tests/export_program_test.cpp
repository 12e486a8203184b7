// `gauntlet export` from outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/cli/tests/made_up_results.hpp"
#include "harness/cli/tests/started_program.hpp"
#include "harness/export/export_format.hpp"

namespace gauntlet {
namespace {

using fixtures::expect_usage_error;
using fixtures::gauntlet;
using fixtures::MadeUpBench;
using testing::HasSubstr;

TEST(ExportProgram, WritesEveryFormatAndLeavesTheResultsAlone) {
  const MadeUpBench bench;
  const std::string results = bench.results("a", 4);
  for (const ExportFormat& format : all_export_formats()) {
    if (format.write_profiles != nullptr) continue;
    const std::string name(format.name);
    const auto printed = gauntlet({"export", results, "--format", name});
    EXPECT_EQ(printed.code, 0) << name << ": " << printed.errors;
    const auto file = bench.folder.path() / name;
    EXPECT_EQ(gauntlet({"export", results, "--format", name, "--out", file.string()}).code, 0) << name;
    std::ifstream written(file);
    EXPECT_EQ(std::string(std::istreambuf_iterator(written), {}), printed.output) << name;
  }
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::path(results) / "summary.json"));
}

TEST(ExportProgram, ListsItsFormatsWithAnExampleEach) {
  const auto help = gauntlet({"export", "--help"});
  for (const ExportFormat& format : all_export_formats()) {
    EXPECT_THAT(help.output, HasSubstr(std::string(format.example)));
  }
}

TEST(ExportProgram, MakesOneTableOfSeveralResultsWhereTheFormatIsOne) {
  MadeUpBench bench;
  const std::string newer = bench.results("newer", 4.5);
  bench.plan.created = "2026-01-30T12:00:00Z";
  const std::string older = bench.results("older", 4);
  const auto outcome = gauntlet({"export", newer, older, "--format", "otava-csv"});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output,
              HasSubstr("time,commit,load/echo.single_loop.cost_us\n2026-01-30 12:00:00 +0000,abc123,4"));
  expect_usage_error({"export", newer, older, "--format", "junit"}, "junit takes one results directory, not 2");
}

TEST(ExportProgram, RefusesWhatItDoesNotUnderstand) {
  const MadeUpBench bench;
  const std::string results = bench.results("a", 4);
  expect_usage_error({"export", results, "--format", "junti"}, "did you mean junit?");
  expect_usage_error({"export", results, "--format", "folded"}, "--profile");
  expect_usage_error({"export", results}, "--format");
  expect_usage_error({"export", "/nowhere", "--format", "junit"}, "/nowhere is not a results directory");
  const auto outcome = gauntlet({"export", results, "--format", "junit", "--out", "/nowhere/junit.xml"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.errors, HasSubstr("/nowhere/junit.xml"));
}

}  // namespace
}  // namespace gauntlet
