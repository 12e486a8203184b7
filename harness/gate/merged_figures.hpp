// Percentiles of a gate's arms: the histograms of their rounds merged, never their percentiles averaged.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/gate/gate_judge.hpp"
#include "harness/measure/histogram_log.hpp"

namespace gauntlet {

/// What a metric is a percentile of.
struct PercentileMetric {
  std::string histogram;  ///< "corrected" or "uncorrected"
  double percent = 0;
  bool operator==(const PercentileMetric&) const = default;
};

/// By its name: "latency_p999_us" is 99.9 % of "corrected". Nothing for a metric that is no such percentile.
std::optional<PercentileMetric> percentile_metric(std::string_view name);

class MergedFigures {
 public:
  /// Of a run that is ok; another is left out, as it is from what is judged.
  void add(const RunRecord& run, const std::vector<HistogramLogEntry>& histograms);

  /// Sets both figures of verdicts on percentiles. Ratio and interval stay those of paired rounds: they tell how much
  /// the percentile varies from round to round, which a merged histogram does not know.
  void apply(std::vector<GateVerdict>& verdicts) const;

 private:
  std::optional<double> figure(const GateVerdict& verdict, const std::string& arm,
                               const PercentileMetric& percentile) const;

  using Arm = std::pair<std::string, std::string>;  ///< name of the duel, arm
  std::map<Arm, std::map<std::string, Histogram>> merged_;
};

}  // namespace gauntlet
