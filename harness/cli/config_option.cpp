#include "harness/cli/config_option.hpp"

#include <algorithm>
#include <filesystem>

#include "harness/subject/cpu_placement.hpp"
#include "runtimes/configuration/configuration.hpp"

namespace gauntlet {
namespace {

/// A key of the file that is a parameter of some scenarios.
struct Shared {
  std::string section;
  std::string name;
  std::string value;
};

/// Of the subject, which `worker_threads = "auto"` counts.
std::uint32_t cores_for(const ScenarioInfo& scenario) {
  const CpuPlacement placement = placement_here();
  return static_cast<std::uint32_t>((scenario.offers_load ? placement : without_generator(placement)).subject.size());
}

}  // namespace

std::expected<ConfiguredRun, std::string> apply_config(ConfiguredRun run, const std::string& scenario,
                                                       const Catalogue& catalogue) {
  const auto info = std::ranges::find(catalogue.scenarios, scenario, &ScenarioInfo::name);
  if (!run.file.empty() && info != catalogue.scenarios.end()) {
    const auto config = load_configuration(run.file, cores_for(*info));
    if (!config) return std::unexpected(config.error());
    run.file = std::filesystem::absolute(run.file).string();
    if (run.runtimes.empty() && config->gives("runtime.backend")) run.runtimes.push_back(config->runtime.backend);
    const bool completed = config->recovery.promise == recovery::Promise::completed;
    const Shared shared[] = {{"runtime.", "worker_threads", std::to_string(config->runtime.worker_threads)},
                             {"runtime.", "dispatch", config->runtime.dispatch},
                             {"recovery.", "journal_backend", config->recovery.journal_backend},
                             {"recovery.", "promise", completed ? "completed" : "accepted"}};
    for (const auto& [section, name, value] : shared) {
      const bool has = std::ranges::find(info->parameters, name, &ParameterInfo::name) != info->parameters.end();
      if (has && config->gives(section + name)) run.params.try_emplace(name, value);
    }
  }
  if (run.runtimes.empty()) {
    return std::unexpected("which runtime? --runtime NAME, or --config with a backend in its [runtime]");
  }
  return run;
}

}  // namespace gauntlet
