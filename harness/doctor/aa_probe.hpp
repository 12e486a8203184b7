// What this machine's own noise is: one program against itself, in turn, for some seconds.
#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/store/run_record.hpp"

namespace gauntlet {

inline constexpr const char* kProbeMetric = "subject_cpu_us_per_request";
inline constexpr double kProbe_s = 10;

/// Of the scenario `load`: echo at a fixed rate, short enough that a dozen pairs fit into kProbe_s.
std::map<std::string, std::string> probe_params();

struct AaProbe {
  std::vector<double> log_ratios;  ///< of each pair; its halves change places from pair to pair
  double elapsed_s = 0;
  double seconds_per_pair = 0;
};

/// What a probe has from its surroundings.
struct ProbeSurroundings {
  std::function<RunRecord()> run;  ///< a fresh subject each time; may throw Interrupted
  std::function<double()> now_s;   ///< monotonic
  std::function<void(std::size_t pairs, double elapsed_s)> on_pair;
};

/// Takes `budget_s`, or as long as the fewest pairs that tell anything need. The error is one sentence: a run that
/// came to nothing.
std::expected<AaProbe, std::string> run_aa_probe(const ProbeSurroundings& surroundings, double budget_s = kProbe_s);

}  // namespace gauntlet
