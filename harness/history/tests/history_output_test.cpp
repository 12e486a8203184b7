#include "harness/history/history_output.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/history/series_changes.hpp"

namespace gauntlet {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

HistorySeries series_of(const std::vector<double>& medians, Better better = Better::lower) {
  HistorySeries series{.cell = "load/echo",
                       .runtime = "single_loop",
                       .metric = "cost_us",
                       .unit = "us",
                       .params = "{}",
                       .better = better,
                       .points = {}};
  for (const double median : medians) {
    series.points.push_back({.created = "2026-01-31T12:00:00Z",
                             .revision = "rev" + std::to_string(series.points.size()),
                             .median = median,
                             .interval = Interval{median - 0.1, median + 0.1},
                             .rounds = 12});
  }
  return series;
}

const std::vector<double> kStep = {4.00, 4.02, 3.99, 4.01, 4.03, 4.00, 4.41, 4.40, 4.43, 4.39, 4.42, 4.40};

HistoryAnswer answer_of(const HistorySeries& series) { return {.machine = 1, .series = {series}, .others = {}}; }

TEST(SeriesChanges, SayWhereAndByHowMuchAMetricChanged) {
  const auto changes = changes_of(series_of(kStep));
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].index, 6u);
  EXPECT_NEAR(changes[0].ratio, 1.1, 0.002);
  EXPECT_EQ(changes[0].word, VerdictWord::slower);
  EXPECT_EQ(changes_of(series_of(kStep, Better::higher))[0].word, VerdictWord::faster);
}

TEST(SeriesChanges, OfTooFewResultsAreNone) {
  EXPECT_THAT(changes_of(series_of({4, 4, 4, 9, 9})), IsEmpty());
  EXPECT_THAT(history_text(answer_of(series_of({4, 4}))), HasSubstr("change points need 6 results or more"));
}

TEST(HistoryOutput, PutsTheChangeBetweenThePointsThatItParts) {
  const std::string text = history_text(answer_of(series_of(kStep)));
  const auto change = text.find("---- worse: +10.");
  EXPECT_LT(text.find("rev5 "), change);
  EXPECT_LT(change, text.find("rev6 "));
  EXPECT_THAT(text, AllOf(HasSubstr("load/echo single_loop cost_us (us, lower is better)"), Not(HasSubstr("with {}"))));
}

TEST(HistoryOutput, SaysWhatItLeavesOut) {
  HistoryAnswer answer = answer_of(series_of({4, 4}));
  answer.others = {{.id = 7, .results = 3}};
  EXPECT_THAT(history_text(answer),
              HasSubstr("3 result(s) of another machine or build type are not shown: --machine 7"));
}

TEST(HistoryOutput, TellsParametersWhereTheyTellSeriesApart) {
  HistoryAnswer answer = answer_of(series_of({4, 4}));
  answer.series.push_back(answer.series[0]);
  answer.series[1].params = R"({"connections":"64"})";
  EXPECT_THAT(history_text(answer), HasSubstr(R"(with {"connections":"64"})"));
}

TEST(HistoryOutput, IsOneObjectForPrograms) {
  const auto json = nlohmann::json::parse(history_json(answer_of(series_of(kStep))));
  EXPECT_EQ(json.at("schema"), "gauntlet.history/1");
  const auto& series = json.at("series").at(0);
  EXPECT_THAT(series.at("points"), SizeIs(12));
  EXPECT_EQ(series.at("points").at(0).at("low"), 3.9);
  ASSERT_THAT(series.at("changes"), SizeIs(1));
  EXPECT_EQ(series.at("changes").at(0).at("revision"), "rev6");
  EXPECT_EQ(series.at("changes").at(0).at("word"), "worse");
}

}  // namespace
}  // namespace gauntlet
