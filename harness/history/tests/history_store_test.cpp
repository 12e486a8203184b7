#include "harness/history/history_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "harness/stats/tests/bench_fixture.hpp"
#include "runtimes/files/scratch_folder.hpp"

namespace gauntlet {
namespace {

namespace fs = std::filesystem;
using fixtures::kCost;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class History : public testing::Test {
 protected:
  fs::path path() const { return folder_.path() / "deeper" / "history.sqlite"; }

  /// The summary of a bench on the day of January.
  static Summary bench(int day, double cost, const std::string& kernel = "6.1.0", const std::string& rate = "64") {
    fixtures::BenchFixture bench;
    const PlanColumn loop{.runtime = "single_loop"}, again{.runtime = "single_loop", .arm = "aa"},
        ring{.runtime = "io_uring"};
    bench.add_cell("load/echo", {loop, again, ring});
    for (int round = 0; round < 6; ++round) {
      bench.add_run(loop, round, cost + 0.01 * round);
      bench.add_run(again, round, 99);
    }
    bench.add_run(ring, 0, 3);
    for (RunSpec& spec : bench.plan.runs) spec.params["connections"] = rate;
    for (RunRecord& record : bench.records) record.spec.params["connections"] = rate;
    bench.plan.created = "2026-01-" + std::to_string(10 + day) + "T12:00:00Z";
    bench.environment.facts = {{"kernel", kernel, "", true},
                               {"load_average", std::to_string(day), "", false},
                               {"revision", "rev" + std::to_string(day), "", true}};
    return summarise(bench.plan, bench.environment, bench.records, fixtures::count_histograms);
  }

  HistoryStore store() const {
    auto opened = HistoryStore::open_for_appending(path());
    EXPECT_TRUE(opened) << opened.error();
    return std::move(*opened);
  }

  const ScratchFolder folder_;
};

TEST_F(History, GivesBackInOrderOfTimeWhatWasAppended) {
  for (const int day : {3, 1, 2}) EXPECT_EQ(store().append(bench(day, day)), true);
  auto reading = HistoryStore::open_for_reading(path());
  ASSERT_TRUE(reading) << reading.error();
  const auto answer = reading->ask({.metric = kCost, .runtime = "single_loop"});
  ASSERT_TRUE(answer) << answer.error();
  ASSERT_THAT(answer->series, SizeIs(1));
  const HistorySeries& series = answer->series[0];
  EXPECT_EQ(series.cell, "load/echo");
  EXPECT_EQ(series.unit, "us");
  EXPECT_EQ(series.params, R"({"connections":"64"})");
  ASSERT_THAT(series.points, SizeIs(3));
  EXPECT_EQ(series.points[0].created, "2026-01-11T12:00:00Z");
  EXPECT_EQ(series.points[2].revision, "rev3");
  EXPECT_DOUBLE_EQ(series.points[0].median, 1.025);
  EXPECT_EQ(series.points[0].interval, (Interval{1, 1.05}));
  EXPECT_EQ(series.points[0].rounds, 6);
}

TEST_F(History, KeepsRuntimesApartAndTheSecondHalfOfTheAaPairOut) {
  ASSERT_TRUE(store().append(bench(1, 4)));
  const auto answer = store().ask({.metric = kCost});
  ASSERT_THAT(answer->series, SizeIs(2));
  EXPECT_EQ(answer->series[0].runtime, "io_uring");
  EXPECT_EQ(answer->series[0].points[0].interval, std::nullopt) << "one round has none";
  EXPECT_EQ(answer->series[1].runtime, "single_loop");
  EXPECT_LT(answer->series[1].points[0].median, 5);
}

TEST_F(History, TakesTheSameResultsOnce) {
  EXPECT_EQ(store().append(bench(1, 4)), true);
  EXPECT_EQ(store().append(bench(1, 4)), false);
  EXPECT_THAT(store().ask({.metric = kCost, .runtime = "single_loop"})->series[0].points, SizeIs(1));
}

TEST_F(History, NeverMixesMachinesOrParameters) {
  for (const int day : {1, 2}) ASSERT_TRUE(store().append(bench(day, 4)));
  ASSERT_TRUE(store().append(bench(3, 4, "6.12.0")));
  ASSERT_TRUE(store().append(bench(4, 4, "6.12.0", "1000")));
  const auto newest = store().ask({.metric = kCost, .runtime = "single_loop"});
  EXPECT_THAT(newest->series, SizeIs(2)) << "one per number of connections";
  ASSERT_THAT(newest->others, SizeIs(1));
  EXPECT_EQ(newest->others[0].results, 2);
  const auto older = store().ask({.metric = kCost, .runtime = "single_loop", .machine = newest->others[0].id});
  ASSERT_THAT(older->series, SizeIs(1));
  EXPECT_THAT(older->series[0].points, SizeIs(2));
}

TEST_F(History, OfWhatItDoesNotHoldIsEmpty) {
  ASSERT_TRUE(store().append(bench(1, 4)));
  EXPECT_THAT(store().ask({.metric = "nothing_us"})->series, IsEmpty());
  EXPECT_THAT(store().ask({.metric = kCost, .cell = "load/http"})->series, IsEmpty());
  EXPECT_EQ(store().metrics(), (std::vector<std::string>{kCost}));
}

TEST_F(History, NamesWithQuotesAreNames) {
  Summary odd = bench(1, 4);
  odd.cells[0].plan.cell = "load/'; DROP TABLE figure; --";
  ASSERT_TRUE(store().append(odd));
  EXPECT_THAT(store().ask({.metric = kCost, .cell = "load/'; DROP TABLE figure; --"})->series, SizeIs(2));
}

TEST_F(History, RefusesAFileThatIsNoneOfItsOwn) {
  EXPECT_THAT(HistoryStore::open_for_reading(path()).error(), HasSubstr("there is no history yet"));
  fs::create_directories(path().parent_path());
  std::ofstream(path()) << "half a page of something else, which is certainly no database of SQLite";
  EXPECT_THAT(HistoryStore::open_for_appending(path()).error(), HasSubstr("history.sqlite: file is not a database"));
  fs::remove(path());
  ASSERT_TRUE(Database::open(path(), Database::Mode::create)->run("PRAGMA user_version = 2"));
  EXPECT_THAT(HistoryStore::open_for_appending(path()).error(), HasSubstr("newer than 1"));
  EXPECT_THAT(HistoryStore::open_for_reading(path()).error(), HasSubstr("schema 2"));
}

}  // namespace
}  // namespace gauntlet
