#include "harness/stats/standing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gauntlet {
namespace {

ColumnSummary column(std::string runtime, double median, Role role = Role::contender, std::string arm = "a") {
  ColumnSummary result;
  result.runtime = std::move(runtime);
  result.arm = std::move(arm);
  result.role = role;
  result.metrics["cpu_us"].median = median;
  return result;
}

ComparisonSummary comparison(std::string a, std::string b, double ratio, VerdictWord word, std::size_t rounds = 6) {
  return {.metric = "cpu_us",
          .a = std::move(a),
          .b = std::move(b),
          .ratio = {.pairs = rounds, .ratio = ratio, .interval = Interval{ratio / 1.25, ratio * 1.25}},
          .noise = Interval{0.8, 1.1},
          .verdict = {.word = word, .reason = ""}};
}

CellSummary cell_of(std::vector<ColumnSummary> columns, std::vector<ComparisonSummary> comparisons) {
  CellSummary cell;
  cell.plan.primary = "cpu_us";
  cell.plan.metrics = {{.name = "cpu_us", .unit = "us", .better = Better::lower, .description = ""}};
  cell.columns = std::move(columns);
  cell.comparisons = std::move(comparisons);
  return cell;
}

std::vector<std::string> names(const CellSummary& cell) {
  std::vector<std::string> result;
  for (const ColumnSummary* column : in_order(cell, "cpu_us")) result.push_back(column->runtime + column->arm);
  return result;
}

TEST(Standing, OrdersContendersByTheirMediansAndLeavesTheRestBehindThem) {
  CellSummary cell = cell_of({column("floor", 1, Role::reference), column("slow", 5),
                              column("slow", 4, Role::contender, "aa"), column("fast", 3), column("lost", 0)},
                             {});
  cell.columns.back().metrics.clear();
  EXPECT_THAT(names(cell), testing::ElementsAre("fasta", "slowa", "losta", "floora", "slowaa"));
  EXPECT_EQ(leader_of(cell, "cpu_us")->runtime, "fast");
  cell.plan.metrics.front().better = Better::higher;
  EXPECT_THAT(names(cell), testing::ElementsAre("slowa", "fasta", "losta", "floora", "slowaa"));
}

TEST(Standing, HasNoLeaderWithoutAContenderThatWasMeasured) {
  CellSummary cell = cell_of({column("floor", 1, Role::reference), column("lost", 0)}, {});
  cell.columns.back().metrics.clear();
  EXPECT_EQ(leader_of(cell, "cpu_us"), nullptr);
}

TEST(Standing, SaysTheSameFromEitherSideOfAComparison) {
  const CellSummary forwards =
      cell_of({column("fast", 4), column("slow", 5)}, {comparison("slow", "fast", 1.25, VerdictWord::slower)});
  const CellSummary backwards =
      cell_of({column("fast", 4), column("slow", 5)}, {comparison("fast", "slow", 0.8, VerdictWord::faster)});
  for (const CellSummary& cell : {forwards, backwards}) {
    EXPECT_EQ(standing_of(cell, "cpu_us", cell.columns[0], cell.columns[1]), "slower, +25.0 % [+0.0 %, +56.2 %]");
    EXPECT_EQ(standing_of(cell, "cpu_us", cell.columns[0], cell.columns[0]), "");
  }
}

TEST(Standing, GivesUndecidedChangesWithTheirIntervalAndEqualityInAWord) {
  const auto standing = [](VerdictWord word) {
    const CellSummary cell = cell_of({column("x", 4), column("y", 4)}, {comparison("y", "x", 1, word)});
    return standing_of(cell, "cpu_us", cell.columns[0], cell.columns[1]);
  };
  EXPECT_EQ(standing(VerdictWord::unstable), "undecided, +0.0 % [-20.0 %, +25.0 %]");
  EXPECT_EQ(standing(VerdictWord::same), "same");
}

TEST(Standing, OutcomeNamesTheGroupsThatWereToldApart) {
  CellSummary cell =
      cell_of({column("x", 4), column("y", 4), column("z", 6)},
              {comparison("x", "y", 1, VerdictWord::same), comparison("x", "z", 0.67, VerdictWord::faster)});
  cell.ranking = {{"x", "y"}, {"z"}};
  EXPECT_EQ(outcome_of(cell), "Told apart: x, y before z.");
}

TEST(Standing, OutcomeSaysWhyNobodyWasToldApart) {
  CellSummary cell = cell_of({column("x", 4), column("y", 4)}, {comparison("x", "y", 1, VerdictWord::unstable)});
  cell.ranking = {{"x", "y"}};
  EXPECT_EQ(outcome_of(cell),
            "Nobody was told apart: one contender differs from itself by up to 25 %; a quieter "
            "machine or more rounds would help.");
  cell.comparisons = {comparison("x", "y", 1, VerdictWord::same)};
  EXPECT_EQ(outcome_of(cell), "No contender differs from another.");
  cell.comparisons = {comparison("x", "y", 1, VerdictWord::unstable, 1)};
  EXPECT_EQ(outcome_of(cell), "No verdicts: they need 6 rounds, and there was 1.");
  cell.columns.pop_back();
  EXPECT_EQ(outcome_of(cell), "");
}

}  // namespace
}  // namespace gauntlet
