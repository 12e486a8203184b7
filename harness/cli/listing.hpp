// What `gauntlet list` prints.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/store/environment_record.hpp"
#include "harness/store/run_record.hpp"
#include "runtimes/contract/registry.hpp"
#include "runtimes/failpoint/failpoints.hpp"
#include "scenarios/info.hpp"

namespace gauntlet {

struct RuntimeListing {
  std::string name;
  std::vector<std::string> aliases;
  std::string description;
  bool negative_control = false;
  bool available = false;
  std::string reason;                 ///< why it is not available
  std::vector<std::string> features;  ///< "NAME=VALUE", the configuration in force
  std::vector<NotSupported> not_supported;
  std::uint32_t most_tasks = 0;  ///< 0: no bound of its own
};

struct SuiteListing {
  std::string name;
  std::string title;  ///< or what is wrong with it
  std::size_t families = 0;
};

/// Constructs each runtime, to know whether it can be had.
std::vector<RuntimeListing> runtimes_here();
std::vector<SuiteListing> suites_here();

std::string runtimes_json(const std::vector<RuntimeListing>& runtimes);
std::string scenarios_json(const std::vector<ScenarioInfo>& scenarios);
std::string failpoints_json(std::span<const FailpointInfo> failpoints);
std::string suites_json(const std::vector<SuiteListing>& suites);
/// {schema, environment, runs: [...]}
std::string runs_json(const EnvironmentRecord& environment, const std::vector<RunRecord>& records);

}  // namespace gauntlet
