#include "harness/doctor/aa_probe.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "harness/stats/median.hpp"

namespace gauntlet {
namespace {

std::expected<double, std::string> cost_of(const RunRecord& record) {
  if (record.status != RunStatus::ok) return std::unexpected("the probe's run came to nothing: " + record.reason);
  const auto found = record.metrics.find(kProbeMetric);
  if (found == record.metrics.end() || !(found->second.value > 0)) {
    return std::unexpected(fmt::format("the probe's run measured no {}", kProbeMetric));
  }
  return found->second.value;
}

}  // namespace

std::map<std::string, std::string> probe_params() {
  return {{"protocol", "echo"}, {"pacing", "open"},    {"arrival", "poisson"}, {"connections", "16"},
          {"rate_rps", "8000"}, {"duration_s", "0.3"}, {"warmup_s", "0.05"}};
}

std::expected<AaProbe, std::string> run_aa_probe(const ProbeSurroundings& surroundings, double budget_s) {
  const double began_s = surroundings.now_s();
  AaProbe probe;
  while (probe.log_ratios.size() < kFewestForInterval || probe.elapsed_s + probe.seconds_per_pair <= budget_s) {
    auto first = cost_of(surroundings.run());
    if (!first) return std::unexpected(first.error());
    auto second = cost_of(surroundings.run());
    if (!second) return std::unexpected(second.error());
    // Whatever the second place in a pair costs then falls on either half.
    if (probe.log_ratios.size() % 2 == 1) std::swap(*first, *second);
    probe.log_ratios.push_back(std::log(*first / *second));
    probe.elapsed_s = surroundings.now_s() - began_s;
    probe.seconds_per_pair = probe.elapsed_s / static_cast<double>(probe.log_ratios.size());
    surroundings.on_pair(probe.log_ratios.size(), probe.elapsed_s);
  }
  return probe;
}

}  // namespace gauntlet
