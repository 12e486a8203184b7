#include "harness/store/plan_json.hpp"

#include "harness/store/metric_info_json.hpp"
#include "harness/store/run_spec_json.hpp"

namespace gauntlet {
namespace {

constexpr const char* kSharedPlacement = "shared";

Json cell_json(const PlanCell& cell) {
  Json object;
  object["cell"] = cell.cell;
  object["scenario"] = cell.scenario;
  object["title"] = cell.title;
  object["question"] = cell.question;
  object["primary"] = cell.primary;
  object["compare"] = cell.compare;
  object["reference"] = cell.reference;
  object["seconds_per_run"] = cell.seconds_per_run;
  object["metrics"] = metric_infos_json(cell.metrics);
  object["columns"] = Json::array();
  for (const PlanColumn& column : cell.columns) {
    Json entry;
    entry["runtime"] = column.runtime;
    entry["arm"] = column.arm;
    entry["role"] = word_of(column.role);
    object["columns"].push_back(std::move(entry));
  }
  return object;
}

std::vector<PlanColumn> read_columns(const Json& array) {
  std::vector<PlanColumn> columns;
  for (const Json& column : array) {
    columns.push_back({.runtime = field_as<std::string>(column, "runtime"),
                       .arm = field_as<std::string>(column, "arm"),
                       .role = field_enum<Role>(column, "role")});
  }
  return columns;
}

PlanCell read_cell(const Json& object) {
  return {.cell = field_as<std::string>(object, "cell"),
          .scenario = field_as<std::string>(object, "scenario"),
          .title = field_as<std::string>(object, "title"),
          .question = field_as<std::string>(object, "question"),
          .primary = field_as<std::string>(object, "primary"),
          .compare = field_as<std::vector<std::string>>(object, "compare"),
          .reference = field_as<std::string>(object, "reference"),
          .seconds_per_run = field_as<double>(object, "seconds_per_run"),
          .metrics = read_metric_infos(field(object, "metrics")),
          .columns = read_columns(field(object, "columns"))};
}

Plan read_plan(const Json& object) {
  check_schema(object, "gauntlet.plan", 1);
  Plan plan{.suite = field_as<std::string>(object, "suite"),
            .created = field_as<std::string>(object, "created"),
            .command = field_as<std::string>(object, "command"),
            .seed = field_as<std::uint64_t>(object, "seed"),
            .estimate_s = field_as<double>(object, "estimate_s"),
            .rounds = field_as<int>(object, "rounds"),
            .profile = optional_as<bool>(object, "profile"),
            .shared_cpus = optional_as<std::string>(object, "placement") == kSharedPlacement,
            .cells = {},
            .runs = {}};
  for (const Json& cell : field(object, "cells")) plan.cells.push_back(read_cell(cell));
  for (const Json& run : field(object, "runs")) plan.runs.push_back(read_spec(run));
  // Readers look runs up by their index.
  for (std::size_t i = 0; i < plan.runs.size(); ++i) {
    if (plan.runs[i].index != i) throw FieldError("run " + std::to_string(i) + " does not have the index of its place");
    if (!find_cell(plan, plan.runs[i].cell)) {
      throw FieldError("run " + std::to_string(i) + " belongs to the undeclared cell '" + plan.runs[i].cell + "'");
    }
  }
  return plan;
}

}  // namespace

const PlanCell* find_cell(const Plan& plan, const std::string& cell) {
  for (const PlanCell& known : plan.cells) {
    if (known.cell == cell) return &known;
  }
  return nullptr;
}

std::string to_json(const Plan& plan) {
  Json object;
  object["schema"] = "gauntlet.plan/1";
  object["suite"] = plan.suite;
  object["created"] = plan.created;
  object["seed"] = plan.seed;
  object["command"] = plan.command;
  object["estimate_s"] = plan.estimate_s;
  object["rounds"] = plan.rounds;
  if (plan.profile) object["profile"] = true;
  if (plan.shared_cpus) object["placement"] = kSharedPlacement;
  object["cells"] = Json::array();
  for (const PlanCell& cell : plan.cells) object["cells"].push_back(cell_json(cell));
  object["runs"] = Json::array();
  for (const RunSpec& spec : plan.runs) {
    Json run;
    add_spec(run, spec);
    object["runs"].push_back(std::move(run));
  }
  return dump_pretty(object);
}

std::expected<Plan, std::string> parse_plan(std::string_view text) { return read_object(text, read_plan); }

}  // namespace gauntlet
