// What came of one contender in one cell, over all rounds.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/stats/paired_ratio.hpp"
#include "harness/stats/verdict.hpp"
#include "harness/store/plan.hpp"
#include "harness/store/run_record.hpp"

namespace gauntlet {

/// Fractions (0 to 1) and microseconds.
using PercentileList = std::vector<std::pair<double, double>>;
/// Merges the histograms that the references ("file#tag", as records hold them) name, and returns the points that
/// enough samples stand behind. Handed in, because reading histograms is not the business of statistics.
using PercentileSource = std::function<PercentileList(std::span<const std::string> references)>;

struct MetricSummary {
  double median = 0;
  std::optional<Interval> interval;  ///< of the median; absent below kFewestForInterval values
  std::vector<double> values;        ///< in order of rounds
};

struct ClaimSummary {
  std::string claim;
  ClaimKind kind = ClaimKind::must;
  bool met = false;  ///< in every round
  std::string metric;
  double worst = 0, limit = 0;
  std::string text;  ///< of the worst round
  bool expected = true;
};

struct WarningSummary {
  std::string code;
  std::string text;  ///< of the first run that carries it
  int runs = 0;
};

struct ColumnSummary {
  std::string runtime;
  std::string arm;
  Role role = Role::contender;
  RunStatus status = RunStatus::ok;
  std::string reason;
  int rounds = 0;  ///< that gave values
  std::map<std::string, MetricSummary> metrics;
  std::map<std::string, PairedRatio> to_reference;
  std::vector<ClaimSummary> verdicts;
  std::map<std::string, PercentileList> percentiles;
  std::vector<WarningSummary> warnings;
  std::map<std::string, std::string> effective_config;
};

/// True when the run's figures were rightly measured: it is ok, or all that is wrong with it is a broken `must`.
bool gives_values(const RunRecord& record);

/// The metric by round, from runs that are `ok`: what comparisons are made of.
using ByRound = std::map<int, double>;
ByRound values_by_round(std::span<const RunRecord* const> runs, const std::string& metric);

/// The column's finished runs, in order of rounds. `records` may hold others', too.
using RunList = std::vector<const RunRecord*>;
RunList runs_of(const std::string& cell, const PlanColumn& column, std::span<const RunRecord> records);

/// Not ok when there are no values of the metric; then with the reason.
SideState state_of(const ColumnSummary& column, const ByRound& values, const std::string& metric);

/// a/b over the rounds that both have.
PairedRatio ratio_of(const ByRound& a, const ByRound& b);

/// `runs` are the finished ones of `column`, in order of rounds. to_reference is left empty.
ColumnSummary summarise_column(const PlanColumn& column, std::span<const RunRecord* const> runs,
                               const std::vector<MetricInfo>& metrics, const PercentileSource& percentiles);

}  // namespace gauntlet
