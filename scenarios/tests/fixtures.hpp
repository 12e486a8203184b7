// What the tests of several scenarios need.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "runtimes/contract/registry.hpp"
#include "scenarios/info.hpp"

namespace gauntlet::fixtures {

/// Names of metrics that were observed and that the scenario does not declare.
inline std::vector<std::string> undeclared_metrics(const ScenarioInfo& info, const Observations& seen) {
  std::vector<std::string> undeclared;
  for (const auto& [name, value] : seen.metrics) {
    if (std::ranges::find(info.metrics, name, &MetricInfo::name) == info.metrics.end()) undeclared.push_back(name);
  }
  return undeclared;
}

/// With two workers where it may have several.
inline std::unique_ptr<Runtime> small_runtime(const std::string& backend) {
  RuntimeConfig config;
  config.backend = backend;
  config.worker_threads = backend == "single_loop" ? 1 : 2;
  return make_runtime(config).value();
}

}  // namespace gauntlet::fixtures
