#include "harness/plan/planner.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/plan/known_names.hpp"
#include "harness/plan/rotation.hpp"

namespace gauntlet {
namespace {

using Names = std::vector<std::string>;
using Columns = std::expected<std::vector<PlanColumn>, std::string>;

struct PlannedFamily {
  PlanCell cell;
  int rounds = 0;
  std::map<std::string, std::string> params;
};

template <class Range, class Projection>
Names names_of(const Range& range, Projection name) {
  Names names;
  for (const auto& element : range) names.push_back(element.*name);
  return names;
}

class FamilyPlanner {
 public:
  FamilyPlanner(const Suite& suite, const Family& family, const Catalogue& catalogue)
      : suite_(suite), family_(family), catalogue_(catalogue) {}

  std::expected<PlannedFamily, std::string> plan() const {
    const auto info = std::ranges::find(catalogue_.scenarios, family_.scenario, &ScenarioInfo::name);
    if (info == catalogue_.scenarios.end()) {
      return fail(unknown_name("scenario", family_.scenario, names_of(catalogue_.scenarios, &ScenarioInfo::name)));
    }
    if (family_.cell.empty()) return fail("'cell' must not be empty");
    auto params = Parameters::resolve(info->parameters, family_.params, suite_.smoke);
    if (!params) return fail(params.error());
    auto columns = columns_of(*info);
    if (!columns) return fail(columns.error());
    PlanCell cell{
        .cell = family_.scenario + "/" + family_.cell,
        .scenario = family_.scenario,
        .title = family_.title.empty() ? info->question : family_.title,
        .question = info->question,
        .primary = family_.primary.empty() && !info->metrics.empty() ? info->metrics.front().name : family_.primary,
        .compare = {},
        .reference = family_.references.empty() ? "" : family_.references.front(),
        .seconds_per_run = family_.seconds,
        .metrics = info->metrics,
        .columns = std::move(*columns)};
    cell.compare = {cell.primary};
    for (const std::string& metric : family_.compare) {
      if (std::ranges::find(cell.compare, metric) == cell.compare.end()) cell.compare.push_back(metric);
    }
    for (const std::string& metric : cell.compare) {
      const Names known = names_of(info->metrics, &MetricInfo::name);
      if (std::ranges::find(known, metric) == known.end()) return fail(unknown_name("metric", metric, known));
    }
    return PlannedFamily{.cell = std::move(cell),
                         .rounds = family_.rounds > 0 ? family_.rounds : suite_.rounds,
                         .params = {params->values().begin(), params->values().end()}};
  }

 private:
  std::unexpected<std::string> fail(const std::string& what) const {
    return std::unexpected(family_.where.empty() ? what : family_.where + ": " + what);
  }

  /// Contenders, negative controls, the second half of the A/A pair, floors: in order of display.
  Columns columns_of(const ScenarioInfo& info) const {
    std::vector<PlanColumn> columns;
    for (const std::string& name : family_.runtimes) {
      if (auto added = add_runtimes(name, columns); !added) return std::unexpected(added.error());
    }
    if (columns.empty()) return std::unexpected("no runtime is named, so nothing would run");
    for (const std::string& name : family_.controls) {
      const auto* runtime = find_runtime(name);
      if (!runtime) return std::unexpected(unknown_name("runtime", name, runtime_names()));
      if (!runtime->negative_control) {
        return std::unexpected(fmt::format("'{}' is not a negative control: name it in 'runtimes'", name));
      }
      columns.push_back({.runtime = runtime->name, .arm = "a", .role = Role::negative_control});
    }
    if (!family_.aa.empty()) {
      const auto* runtime = find_runtime(family_.aa);
      if (!runtime) return std::unexpected(unknown_name("runtime", family_.aa, runtime_names()));
      const PlanColumn first{.runtime = runtime->name};
      if (std::ranges::find(columns, first) == columns.end()) {
        return std::unexpected(fmt::format("'aa' names '{}', which does not contend here", family_.aa));
      }
      columns.push_back({.runtime = runtime->name, .arm = "aa", .role = Role::contender});
    }
    for (const std::string& name : family_.references) {
      const Names known = names_of(info.references, &ReferenceInfo::name);
      if (std::ranges::find(known, name) == known.end()) return std::unexpected(unknown_name("reference", name, known));
      columns.push_back({.runtime = name, .arm = "a", .role = Role::reference});
    }
    return without_repetition(std::move(columns));
  }

  std::expected<void, std::string> add_runtimes(const std::string& name, std::vector<PlanColumn>& columns) const {
    if (name == "*") {
      for (const auto& runtime : catalogue_.runtimes) {
        if (!runtime.negative_control) columns.push_back({.runtime = runtime.name});
      }
      return {};
    }
    const auto* runtime = find_runtime(name);
    if (!runtime) return std::unexpected(unknown_name("runtime", name, runtime_names()));
    columns.push_back({.runtime = runtime->name});
    return {};
  }

  static Columns without_repetition(std::vector<PlanColumn> columns) {
    for (auto column = columns.begin(); column != columns.end(); ++column) {
      const auto same = [column](const PlanColumn& other) {
        return other.runtime == column->runtime && other.arm == column->arm;
      };
      if (std::any_of(columns.begin(), column, same)) {
        return std::unexpected(fmt::format("'{}' is named twice", column->runtime));
      }
    }
    return columns;
  }

  const Catalogue::RuntimeName* find_runtime(const std::string& name) const {
    for (const auto& runtime : catalogue_.runtimes) {
      if (runtime.name == name || std::ranges::find(runtime.aliases, name) != runtime.aliases.end()) return &runtime;
    }
    return nullptr;
  }

  Names runtime_names() const { return names_of(catalogue_.runtimes, &Catalogue::RuntimeName::name); }

  const Suite& suite_;
  const Family& family_;
  const Catalogue& catalogue_;
};

void add_round(Plan& plan, const PlannedFamily& family, int round) {
  for (const std::size_t next : rotated_order(family.cell.columns.size(), round, family.rounds)) {
    const PlanColumn& column = family.cell.columns[next];
    plan.runs.push_back({.index = plan.runs.size(),
                         .cell = family.cell.cell,
                         .scenario = family.cell.scenario,
                         .runtime = column.runtime,
                         .arm = column.arm,
                         .round = round,
                         .role = column.role,
                         .params = family.params});
    plan.estimate_s += family.cell.seconds_per_run;
  }
}

}  // namespace

std::expected<Plan, std::string> make_plan(const Suite& suite, const Catalogue& catalogue) {
  Plan plan;
  plan.suite = suite.name;
  plan.seed = suite.seed;
  std::vector<PlannedFamily> families;
  for (const Family& family : suite.families) {
    auto planned = FamilyPlanner(suite, family, catalogue).plan();
    if (!planned) return std::unexpected(std::move(planned.error()));
    if (find_cell(plan, planned->cell.cell)) {
      return std::unexpected(fmt::format("{}{}the cell '{}' is there twice: give each its own 'cell'", family.where,
                                         family.where.empty() ? "" : ": ", planned->cell.cell));
    }
    plan.rounds = std::max(plan.rounds, planned->rounds);
    plan.cells.push_back(planned->cell);
    families.push_back(std::move(*planned));
  }
  for (int round = 0; round < plan.rounds; ++round) {
    for (const PlannedFamily& family : families) {
      if (round < family.rounds) add_round(plan, family, round);
    }
  }
  return plan;
}

}  // namespace gauntlet
