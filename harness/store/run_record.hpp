// One run: what was asked (RunSpec, a line of plan.json) and what came of it (RunRecord, a line of runs.jsonl).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "scenarios/info.hpp"

namespace gauntlet {

enum class Role { contender, reference, negative_control };

struct RunSpec {
  std::uint64_t index = 0;
  std::string cell;  ///< runs of one cell are compared with one another
  std::string scenario;
  std::string runtime;    ///< a runtime's name, or that of one of the scenario's references
  std::string arm = "a";  ///< `aa` for the second half of the A/A pair
  int round = 0;
  Role role = Role::contender;
  std::map<std::string, std::string> params;  ///< full and validated
};

struct MetricValue {
  double value = 0;
  std::string unit;
  Better better = Better::lower;
};

struct RunRecord {
  RunSpec spec;
  std::map<std::string, std::string> effective_config;
  RunStatus status = RunStatus::ok;
  std::string reason;  ///< one sentence, empty when ok
  std::vector<ClaimVerdict> verdicts;
  std::map<std::string, MetricValue> metrics;
  std::vector<Warning> warnings;
  std::map<std::string, std::string> histograms;  ///< name -> "file#tag", relative to the results directory
  std::map<std::string, std::string> timelines;   ///< the same of logs with one line per interval
  std::string lanes, profile;                     ///< files, relative to it; empty when there is none
  std::string started;                            ///< UTC, ISO 8601
  double elapsed_s = 0;
  std::string stderr_tail;
};

}  // namespace gauntlet
