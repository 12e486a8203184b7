// A whole bench, as summary.json tells it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/stats/cell_summary.hpp"
#include "harness/store/environment_record.hpp"

namespace gauntlet {

struct RuntimeSummary {
  std::string name;
  Role role = Role::contender;
  bool available = true;  ///< false when all its finished runs were skipped
  std::string reason;
};

struct FailureSummary {
  RunSpec spec;
  RunStatus status = RunStatus::failed;
  std::string reason;
  std::string stderr_tail;
};

struct Summary {
  std::string suite, created, command;
  std::vector<std::string> reproduce;  ///< commands, in order
  std::size_t runs_planned = 0, runs_finished = 0;
  EnvironmentRecord environment;
  std::vector<RuntimeSummary> runtimes;
  std::vector<CellSummary> cells;
  /// Failed and invalid runs, except where a negative control broke a must, which it is there for.
  std::vector<FailureSummary> failures;
};

/// Pure. `records` are the finished runs of `plan`, in any order.
Summary summarise(const Plan& plan, const EnvironmentRecord& environment, std::span<const RunRecord> records,
                  const PercentileSource& percentiles);

}  // namespace gauntlet
