#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <vector>

#include "harness/export/export_format.hpp"
#include "harness/export/tests/summary_fixture.hpp"
#include "harness/export/writers.hpp"
#include "harness/stats/tests/bench_fixture.hpp"

namespace gauntlet {
namespace {

using fixtures::troubled_summary;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

Summary of_one_runtime(const std::string& created, const std::string& revision, double cost, bool with_floor) {
  fixtures::BenchFixture bench;
  const PlanColumn loop{.runtime = "single_loop"}, floor{.runtime = "floor_epoll", .role = Role::reference};
  bench.add_cell("load/echo", {loop, floor}, "floor_epoll");
  bench.add_run(loop, 0, cost);
  if (with_floor) bench.add_run(floor, 0, 2);
  bench.plan.created = created;
  bench.environment.facts[1].value = revision;
  return summarise(bench.plan, bench.environment, bench.records, fixtures::count_histograms);
}

TEST(FoldedStacks, AddUpTheRoundsOfARuntimeAndNameCellAndRuntimeFirst) {
  const std::vector<ProfiledRun> runs = {
      {.cell = "load/run+profiled", .runtime = "libuv", .folded = "worker;main;read with spaces 3\nworker;main 1\n"},
      {.cell = "load/run+profiled", .runtime = "libuv", .folded = "worker;main;read with spaces 4\n"},
      {.cell = "load/run+profiled", .runtime = "single_loop", .folded = "worker;main 9"}};
  EXPECT_EQ(folded_stacks(runs),
            "load/run+profiled;libuv;worker;main 1\n"
            "load/run+profiled;libuv;worker;main;read with spaces 7\n"
            "load/run+profiled;single_loop;worker;main 9\n");
}

TEST(OtavaCsv, HasARowPerResultsDirectoryOldestFirst) {
  const std::vector<Summary> summaries = {of_one_runtime("2026-02-01T12:00:00Z", "bbb", 4.5, true),
                                          of_one_runtime("2026-01-31T12:00:00Z", "aaa", 4.25, false)};
  EXPECT_THAT(lines_of(otava_csv(summaries)),
              ElementsAre("time,commit,load/echo.single_loop.subject_cpu_us_per_request",
                          "2026-01-31 12:00:00 +0000,aaa,4.25", "2026-02-01 12:00:00 +0000,bbb,4.5"));
}

TEST(OtavaCsv, HasOnlyColumnsWithoutHoles) {
  const std::vector<Summary> summaries = {of_one_runtime("2026-01-31T12:00:00Z", "aaa", 4, true)};
  EXPECT_THAT(lines_of(otava_csv(summaries)).front(), HasSubstr("floor_epoll"));
}

TEST(OtavaCsv, QuotesNames) {
  const std::vector<Summary> summaries = {troubled_summary()};
  EXPECT_THAT(lines_of(otava_csv(summaries)).front(),
              HasSubstr("\"load/<b>&\"\"odd\"\", |x|.single_loop.subject_cpu_us_per_request\""));
}

TEST(Openmetrics, KeepsFamiliesTogetherAndEndsAsItMust) {
  const auto lines = lines_of(openmetrics_text(troubled_summary()));
  EXPECT_EQ(lines.back(), "# EOF");
  std::string family;
  std::map<std::string, int> heads;
  for (const std::string& line : lines) {
    if (line.starts_with("# TYPE ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
      ++heads[family];
    } else if (!line.starts_with("#")) {
      EXPECT_THAT(line, StartsWith(family));
    }
  }
  for (const auto& [name, count] : heads) EXPECT_EQ(count, 1) << name << " is declared more than once";
  EXPECT_THAT(lines, testing::Contains("gauntlet_subject_cpu_us_per_request{cell=\"load/echo\",runtime=\"single_loop\","
                                       "arm=\"a\",statistic=\"median\"} 4.25"));
}

TEST(Openmetrics, EscapesLabels) {
  EXPECT_THAT(openmetrics_text(troubled_summary()), HasSubstr("cell=\"load/<b>&\\\"odd\\\", |x|\""));
}

TEST(Markdown, HasARowPerColumnThatSaysHowItEnded) {
  EXPECT_THAT(markdown_tables(troubled_summary()),
              AllOf(HasSubstr("| single\\_loop | 4.25 [4, 4.5] | 1.889 [1.800, 2.000] | passed |\n"),
                    HasSubstr("| libuv |  |  | skipped: libuv is not there |\n"), HasSubstr("**failed**: it spins"),
                    HasSubstr("**not measured**: the worker died: &lt;signal 11&gt; &amp;"), Not(HasSubstr("<b>"))));
}

TEST(ExportFormats, WriteSomethingOfNothingAsWell) {
  const std::vector<Summary> empty(1);
  for (const ExportFormat& format : all_export_formats()) {
    EXPECT_NE(format.write == nullptr, format.write_profiles == nullptr) << format.name;
    if (format.write != nullptr) {
      EXPECT_NE(format.write(empty), "") << format.name;
    }
    EXPECT_THAT(format.example, HasSubstr(format.name));
  }
}

TEST(ExportFormats, AreFoundByNameWithNearMatches) {
  EXPECT_EQ(export_format_named("junit").value()->name, "junit");
  EXPECT_THAT(export_format_named("junti").error(), HasSubstr("did you mean junit?"));
  EXPECT_THAT(export_format_named("parquet-on-ice").error(), HasSubstr("known are: junit, google-benchmark"));
}

}  // namespace
}  // namespace gauntlet
