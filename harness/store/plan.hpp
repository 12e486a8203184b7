// What a bench is going to run, in order: the contents of plan.json.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/store/run_record.hpp"

namespace gauntlet {

/// One of the things that a cell compares.
struct PlanColumn {
  std::string runtime;
  std::string arm = "a";
  Role role = Role::contender;
  bool operator==(const PlanColumn&) const = default;
};

/// What the runs of one cell have in common. Kept in the plan so that a results directory explains itself,
/// whatever the scenarios have become by the time it is read.
struct PlanCell {
  std::string cell;  ///< "SCENARIO/NAME", unique in the plan
  std::string scenario;
  std::string title;
  std::string question;
  std::string primary;               ///< the metric that charts, verdicts and the ranking lead with
  std::vector<std::string> compare;  ///< metrics that get verdict words; the primary one is first
  std::string reference;             ///< the floor that distances are taken to; empty when there is none
  double seconds_per_run = 0;        ///< estimate, everything included
  std::vector<MetricInfo> metrics;
  std::vector<PlanColumn> columns;  ///< in order of display; the runs take them in rotated order
};

struct Plan {
  std::string suite;
  std::string created;  ///< UTC, ISO 8601
  std::string command;  ///< as typed, to be typed again
  std::uint64_t seed = 1;
  double estimate_s = 0;
  int rounds = 0;            ///< of the cell that has most
  bool profile = false;      ///< subjects are sampled while they run, which their figures show
  bool shared_cpus = false;  ///< the subject has the generator's CPU too
  std::vector<PlanCell> cells;
  std::vector<RunSpec> runs;
};

/// Null when the plan has no such cell.
const PlanCell* find_cell(const Plan& plan, const std::string& cell);

}  // namespace gauntlet
