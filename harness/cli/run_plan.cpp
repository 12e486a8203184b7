#include "harness/cli/run_plan.hpp"

#include <algorithm>

#include "harness/cli/catalogue.hpp"
#include "harness/plan/rotation.hpp"

namespace gauntlet {
namespace {

constexpr double kUsualRun_s = 3;

std::expected<std::vector<PlanColumn>, std::string> columns_of(const RunRequest& request, const ScenarioInfo& info,
                                                               const Catalogue& catalogue) {
  std::vector<std::string> references;
  for (const ReferenceInfo& reference : info.references) references.push_back(reference.name);
  std::vector<PlanColumn> columns;
  for (const std::string& given : request.runtimes) {
    const auto name = runtime_named(catalogue, given, references);
    if (!name) return std::unexpected(name.error());
    const bool known = std::ranges::find(columns, *name, &PlanColumn::runtime) != columns.end();
    if (known) return std::unexpected("'" + given + "' is named twice");
    const bool is_runtime =
        std::ranges::find(catalogue.runtimes, *name, &Catalogue::RuntimeName::name) != catalogue.runtimes.end();
    columns.push_back({.runtime = *name, .arm = "a", .role = is_runtime ? Role::contender : Role::reference});
  }
  return columns;
}

}  // namespace

std::expected<Plan, std::string> make_run_plan(const RunRequest& request, const Catalogue& catalogue) {
  const auto info = std::ranges::find(catalogue.scenarios, request.scenario, &ScenarioInfo::name);
  if (info == catalogue.scenarios.end()) {
    return std::unexpected(unknown_name("scenario", request.scenario, scenario_names(catalogue)));
  }
  const auto params = Parameters::resolve(info->parameters, request.params, request.smoke);
  if (!params) return std::unexpected(params.error());
  auto columns = columns_of(request, *info, catalogue);
  if (!columns) return std::unexpected(columns.error());

  PlanCell cell{.cell = request.scenario + "/run",
                .scenario = request.scenario,
                .title = info->question,
                .question = info->question,
                .primary = info->metrics.empty() ? "" : info->metrics.front().name,
                .compare = {},
                .reference = {},
                .seconds_per_run = kUsualRun_s,
                .metrics = info->metrics,
                .columns = *columns};
  cell.compare = {cell.primary};
  const auto floor = std::ranges::find(*columns, Role::reference, &PlanColumn::role);
  if (floor != columns->end()) cell.reference = floor->runtime;

  Plan plan;
  plan.suite = "run";
  plan.rounds = request.rounds;
  for (int round = 0; round < request.rounds; ++round) {
    for (const std::size_t column : rotated_order(columns->size(), round, request.rounds)) {
      plan.runs.push_back({.index = plan.runs.size(),
                           .cell = cell.cell,
                           .scenario = request.scenario,
                           .runtime = (*columns)[column].runtime,
                           .arm = "a",
                           .round = round,
                           .role = (*columns)[column].role,
                           .params = {params->values().begin(), params->values().end()}});
    }
  }
  plan.estimate_s = kUsualRun_s * static_cast<double>(plan.runs.size());
  plan.cells.push_back(std::move(cell));
  return plan;
}

std::expected<std::map<std::string, std::string>, std::string> parse_parameters(const std::vector<std::string>& texts,
                                                                                unsigned workers) {
  std::map<std::string, std::string> params;
  for (const std::string& text : texts) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return std::unexpected("-p takes NAME=VALUE, not '" + text + "'");
    }
    params[text.substr(0, equals)] = text.substr(equals + 1);
  }
  if (workers != 0) params["worker_threads"] = std::to_string(workers);
  return params;
}

}  // namespace gauntlet
