// A bench made up of fixed figures, to be summarised in tests.
#pragma once

#include <string>
#include <vector>

#include "harness/stats/column_summary.hpp"
#include "harness/store/environment_record.hpp"
#include "harness/store/plan.hpp"

namespace gauntlet::fixtures {

inline const PlanColumn kSingle{.runtime = "single_loop"};
inline const PlanColumn kSingleAgain{.runtime = "single_loop", .arm = "aa"};
inline const PlanColumn kRing{.runtime = "io_uring"};
inline const PlanColumn kFloor{.runtime = "floor_epoll", .arm = "a", .role = Role::reference};
inline const PlanColumn kControl{.runtime = "busy_wait", .arm = "a", .role = Role::negative_control};

inline constexpr const char* kCost = "subject_cpu_us_per_request";

class BenchFixture {
 public:
  /// A cell of the scenario `load` with the primary metric kCost, or of `busy_wait` with idle_cpu_percent.
  void add_cell(const std::string& cell, std::vector<PlanColumn> columns, const std::string& reference = "");
  /// A planned run of the last cell and its record: ok, with `value` for the primary metric. The record may be changed
  /// until the next is added.
  RunRecord& add_run(const PlanColumn& column, int round, double value);
  /// One ok run per value, in rounds 0, 1, 2, ...
  void add_rounds(const PlanColumn& column, const std::vector<double>& values);
  /// A planned run that was never finished.
  void add_unfinished(const PlanColumn& column, int round);

  Plan plan;
  EnvironmentRecord environment;
  std::vector<RunRecord> records;

 private:
  RunSpec& add_spec(const PlanColumn& column, int round);
};

/// Tells how many histograms it was given, as microseconds of the median.
PercentileList count_histograms(std::span<const std::string> references);

/// Gives a run of `busy_wait` the verdicts that follow from its idle CPU.
void judge_idle(RunRecord& record);

}  // namespace gauntlet::fixtures
