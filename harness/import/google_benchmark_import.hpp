// What Google Benchmark wrote, as results of ours: to be compared, reported, kept in the history.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <vector>

#include "harness/store/environment_record.hpp"
#include "harness/store/plan.hpp"
#include "harness/store/run_record.hpp"

namespace gauntlet {

struct NamedText {
  std::string name;  ///< of the file, for errors
  std::string text;
};

struct ImportedResults {
  Plan plan;
  EnvironmentRecord environment;
  std::vector<RunRecord> records;
};

/// A cell for each benchmark, a round for each of its repetitions; several files are rounds that follow one another.
/// Times become nanoseconds, counters are metrics by their own names: more is better where they end in `_per_second`.
/// Aggregates are left out, since they are made of what stands beside them. Pure. The error names the file: it is no
/// report of Google Benchmark, holds no benchmark, or comes from another machine or build type than the one before it.
std::expected<ImportedResults, std::string> import_google_benchmark(std::span<const NamedText> files);

}  // namespace gauntlet
