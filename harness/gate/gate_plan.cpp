#include "harness/gate/gate_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "harness/plan/known_names.hpp"

namespace gauntlet {
namespace {

template <class Value>
using OrError = std::expected<Value, std::string>;

class EntryPlanner {
 public:
  EntryPlanner(const GateEntry& entry, const Catalogue& catalogue) : entry_(entry), catalogue_(catalogue) {}

  /// Cell, scenario, parameters and seconds of a Duel or CountCheck.
  template <class Planned>
  OrError<Planned> begin() {
    const auto info = std::ranges::find(catalogue_.scenarios, entry_.scenario, &ScenarioInfo::name);
    if (info == catalogue_.scenarios.end()) {
      return fail(unknown_name("scenario", entry_.scenario, scenario_names(catalogue_)));
    }
    info_ = &*info;
    if (entry_.cell.empty()) return fail("'cell' must not be empty");
    const auto params = Parameters::resolve(info->parameters, entry_.params, entry_.smoke);
    if (!params) return fail(params.error());
    Planned planned;
    planned.cell = entry_.scenario + "/" + entry_.cell;
    planned.scenario = entry_.scenario;
    planned.params = {params->values().begin(), params->values().end()};
    planned.seconds = entry_.seconds;
    return planned;
  }

  /// After begin().
  OrError<MetricInfo> metric(const std::string& name) const {
    const auto found = std::ranges::find(info_->metrics, name, &MetricInfo::name);
    if (found != info_->metrics.end()) return *found;
    std::vector<std::string> known;
    for (const MetricInfo& metric : info_->metrics) known.push_back(metric.name);
    return fail(unknown_name("metric", name, known));
  }

  OrError<std::string> runtime(const std::string& name) const {
    auto known = runtime_named(catalogue_, name);
    return known ? known : fail(known.error());
  }

  /// A runtime, or a floor of the scenario.
  OrError<GateArm> opponent(const std::string& name) const {
    std::vector<std::string> floors;
    for (const ReferenceInfo& reference : info_->references) floors.push_back(reference.name);
    const auto known = runtime_named(catalogue_, name, floors);
    if (!known) return fail(known.error());
    const bool floor = std::ranges::find(floors, *known) != floors.end();
    return GateArm{
        .arm = "against", .build = Build::head, .runtime = *known, .role = floor ? Role::reference : Role::contender};
  }

  std::unexpected<std::string> fail(const std::string& what) const {
    return std::unexpected(entry_.where.empty() ? what : entry_.where + ": " + what);
  }

 private:
  const GateEntry& entry_;
  const Catalogue& catalogue_;
  const ScenarioInfo* info_ = nullptr;
};

std::array<GateArm, 3> arms_of(const std::string& runtime, const GateArm& against) {
  return {GateArm{.arm = "head", .build = Build::head, .runtime = runtime}, against,
          GateArm{.arm = "again", .build = against.build, .runtime = against.runtime, .role = against.role}};
}

OrError<void> add_build(const BuildGate& gate, const Catalogue& catalogue, GatePlan& plan) {
  EntryPlanner planner(gate, catalogue);
  if (gate.runtimes.empty() || gate.metrics.empty()) return planner.fail("no runtime or no metric is named");
  for (const std::string& name : gate.runtimes) {
    auto duel = planner.begin<Duel>();
    if (!duel) return std::unexpected(duel.error());
    const auto runtime = planner.runtime(name);
    if (!runtime) return std::unexpected(runtime.error());
    for (const auto& [metric, minimum] : gate.metrics) {
      const auto info = planner.metric(metric);
      if (!info) return std::unexpected(info.error());
      duel->metrics.push_back({.info = *info, .minimum_effect = minimum});
    }
    duel->arms = arms_of(*runtime, {.arm = "against", .build = Build::base, .runtime = *runtime});
    plan.duels.push_back(std::move(*duel));
  }
  return {};
}

OrError<void> add_rival(const RivalGate& gate, const Catalogue& catalogue, GatePlan& plan) {
  EntryPlanner planner(gate, catalogue);
  auto duel = planner.begin<Duel>();
  if (!duel) return std::unexpected(duel.error());
  const auto runtime = planner.runtime(gate.runtime);
  if (!runtime) return std::unexpected(runtime.error());
  const auto against = planner.opponent(gate.against);
  if (!against) return std::unexpected(against.error());
  if (against->runtime == *runtime) return planner.fail("'against' names the runtime itself");
  const auto info = planner.metric(gate.metric);
  if (!info) return std::unexpected(info.error());
  duel->kind = GateKind::rival;
  duel->limit = gate.limit;
  duel->metrics.push_back({.info = *info, .minimum_effect = gate.minimum_effect});
  duel->arms = arms_of(*runtime, *against);
  plan.duels.push_back(std::move(*duel));
  return {};
}

OrError<void> add_count(const CountGate& gate, const Catalogue& catalogue, GatePlan& plan) {
  EntryPlanner planner(gate, catalogue);
  if (gate.runtimes.empty() || gate.metrics.empty()) return planner.fail("no runtime or no metric is named");
  for (const auto& [metric, slack] : gate.slack) {
    if (!gate.metrics.contains(metric)) {
      return planner.fail(fmt::format("'slack' names '{}', which 'metrics' does not", metric));
    }
  }
  for (const std::string& name : gate.runtimes) {
    auto check = planner.begin<CountCheck>();
    if (!check) return std::unexpected(check.error());
    const auto runtime = planner.runtime(name);
    if (!runtime) return std::unexpected(runtime.error());
    for (const auto& [metric, tolerance] : gate.metrics) {
      const auto info = planner.metric(metric);
      if (!info) return std::unexpected(info.error());
      const auto slack = gate.slack.find(metric);
      check->metrics.push_back(
          {.info = *info, .tolerance = tolerance, .slack = slack == gate.slack.end() ? 0 : slack->second});
    }
    check->runtime = *runtime;
    check->rounds = gate.rounds;
    check->portable = gate.portable;
    plan.counts.push_back(std::move(*check));
  }
  return {};
}

/// Records are told apart by these names.
OrError<void> check_unique(const GateConfig& config, const GatePlan& plan) {
  std::vector<std::string> names;
  for (const Duel& duel : plan.duels) names.push_back(duel.name());
  for (const CountCheck& check : plan.counts) names.push_back(check.name());
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice == names.end()) return {};
  return std::unexpected(fmt::format("{}: {} is gated twice: give each its own 'cell'", config.file, *twice));
}

}  // namespace

std::string_view word_of(GateKind kind) {
  switch (kind) {
    case GateKind::build:
      return "build";
    case GateKind::rival:
      return "rival";
    case GateKind::count:
      return "count";
  }
  assert(false && "every kind has a word");
  return {};
}

std::expected<GatePlan, std::string> make_gate_plan(const GateConfig& config, const Catalogue& catalogue) {
  GatePlan plan{.budget_s = config.budget_s,
                .least_rounds = config.least_rounds,
                .most_rounds = config.most_rounds,
                .alpha = config.alpha,
                .duels = {},
                .counts = {}};
  for (const BuildGate& gate : config.builds) {
    if (auto added = add_build(gate, catalogue, plan); !added) return std::unexpected(added.error());
  }
  for (const RivalGate& gate : config.rivals) {
    if (auto added = add_rival(gate, catalogue, plan); !added) return std::unexpected(added.error());
  }
  for (const CountGate& gate : config.counted) {
    if (auto added = add_count(gate, catalogue, plan); !added) return std::unexpected(added.error());
  }
  if (auto unique = check_unique(config, plan); !unique) return std::unexpected(unique.error());
  return plan;
}

}  // namespace gauntlet
