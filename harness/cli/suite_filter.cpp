#include "harness/cli/suite_filter.hpp"

#include <algorithm>

#include "harness/cli/catalogue.hpp"

namespace gauntlet {
namespace {

using Names = std::vector<std::string>;

bool contains(const Names& names, const std::string& name) { return std::ranges::find(names, name) != names.end(); }

/// A name that is unknown stays, for the planner to complain of.
Names canonical(const Names& names, const Catalogue& catalogue) {
  Names result;
  for (const std::string& name : names) {
    if (name != "*") {
      result.push_back(runtime_named(catalogue, name).value_or(name));
      continue;
    }
    for (const auto& runtime : catalogue.runtimes) {
      if (!runtime.negative_control) result.push_back(runtime.name);
    }
  }
  return result;
}

void keep_runtimes(Family& family, const Names& kept, const Catalogue& catalogue) {
  family.runtimes = canonical(family.runtimes, catalogue);
  family.controls = canonical(family.controls, catalogue);
  std::erase_if(family.runtimes, [&kept](const std::string& name) { return !contains(kept, name); });
  std::erase_if(family.controls, [&kept](const std::string& name) { return !contains(kept, name); });
  if (family.aa.empty() || family.runtimes.empty()) return;
  family.aa = canonical({family.aa}, catalogue).front();
  if (!contains(family.runtimes, family.aa)) family.aa = family.runtimes.front();
}

}  // namespace

std::expected<Suite, std::string> filter_suite(Suite suite, const std::string& only, const Names& runtimes,
                                               const Catalogue& catalogue) {
  if (!only.empty()) {
    const Names known = scenario_names(catalogue);
    if (!contains(known, only)) return std::unexpected(unknown_name("scenario", only, known));
    std::erase_if(suite.families, [&only](const Family& family) { return family.scenario != only; });
    if (suite.families.empty()) {
      return std::unexpected("the suite '" + suite.name + "' has no family of scenario '" + only + "'");
    }
  }
  if (runtimes.empty()) return suite;
  Names kept;
  for (const std::string& given : runtimes) {
    const auto name = runtime_named(catalogue, given);
    if (!name) return std::unexpected(name.error());
    kept.push_back(*name);
  }
  for (Family& family : suite.families) keep_runtimes(family, kept, catalogue);
  std::erase_if(suite.families, [](const Family& family) { return family.runtimes.empty(); });
  if (suite.families.empty()) {
    return std::unexpected("none of the runtimes named contends in the suite '" + suite.name + "'");
  }
  return suite;
}

void set_workers(Suite& suite, unsigned workers, const Catalogue& catalogue) {
  for (Family& family : suite.families) {
    const auto scenario = std::ranges::find(catalogue.scenarios, family.scenario, &ScenarioInfo::name);
    if (scenario == catalogue.scenarios.end()) continue;  // the planner names it
    const auto& parameters = scenario->parameters;
    if (std::ranges::find(parameters, "worker_threads", &ParameterInfo::name) != parameters.end()) {
      family.params["worker_threads"] = std::to_string(workers);
    }
  }
}

}  // namespace gauntlet
