// Counts of an earlier build, stored beside the gate's configuration (ci/counts.json).
#pragma once

#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/gate/gate_plan.hpp"
#include "harness/store/environment_difference.hpp"
#include "harness/store/environment_record.hpp"

namespace gauntlet {

struct StoredCounts {
  std::string cell, runtime;
  std::map<std::string, std::string> params;
  std::map<std::string, double> values;
};

struct CountsBaseline {
  EnvironmentRecord environment;  ///< the facts that identify, without the revision
  std::vector<StoredCounts> counts;
};

/// Null when there are none.
const StoredCounts* find_counts(const CountsBaseline& baseline, const std::string& cell, const std::string& runtime);

/// Medians over the runs that were ok. The error names a metric that no run gave: half a baseline is none.
std::expected<CountsBaseline, std::string> make_baseline(const GatePlan& plan, std::span<const RunRecord> records,
                                                         const EnvironmentRecord& here);

std::string to_json(const CountsBaseline& baseline);
/// The error names the field; a newer schema is one.
std::expected<CountsBaseline, std::string> parse_counts_baseline(std::string_view text);

/// Nothing when there is no such file; the error names it.
std::expected<std::optional<CountsBaseline>, std::string> load_counts_baseline(const std::filesystem::path& path);

}  // namespace gauntlet
