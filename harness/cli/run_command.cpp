#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "harness/cli/catalogue.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/conditions_option.hpp"
#include "harness/cli/config_option.hpp"
#include "harness/cli/cpu_idle_option.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/interrupt.hpp"
#include "harness/cli/listing.hpp"
#include "harness/cli/run_loop.hpp"
#include "harness/cli/run_plan.hpp"
#include "harness/cli/utc_time.hpp"
#include "harness/subject/cpu_idle_inhibitor.hpp"
#include "runtimes/contract/config.hpp"

namespace gauntlet {
namespace {

struct RunOptions {
  std::string scenario;
  std::string config;
  std::vector<std::string> runtimes;
  std::vector<std::string> params;
  std::vector<std::string> required;
  unsigned workers = 0;
  int rounds = 1;
  std::string out;
  bool json = false;
  bool smoke = false;
  ConditionOptions conditions;
  std::string cpu_idle;
};

constexpr const char* kRunExamples = R"(Examples:
  gauntlet run load --runtime single_loop -p protocol=echo -p connections=64
  gauntlet run load --runtime single_loop --runtime floor_epoll --rounds 6 --out /tmp/results
  gauntlet run busy_wait --runtime busy_wait --smoke          # breaks a must: exit code 1
  gauntlet run load --runtime io_uring --require io_uring --json
  gauntlet run load --runtime libuv --profile --out /tmp/results   # where its CPU time goes

)";

void print_run(const RunRecord& record) {
  for (const auto& [name, metric] : record.metrics) {
    fmt::print("  {:<32} {:.6g} {}\n", name, metric.value, metric.unit);
  }
  for (const ClaimVerdict& verdict : record.verdicts) {
    fmt::print("  {:<4} {}: {}\n", verdict.met ? "ok" : (verdict.kind == ClaimKind::must ? "FAIL" : "miss"),
               verdict.claim, verdict.text);
  }
  for (const Warning& warning : record.warnings) fmt::print("  note {}: {}\n", warning.code, warning.text);
  if (record.status != RunStatus::ok && !record.stderr_tail.empty()) {
    fmt::print("  its last words:\n{}\n", record.stderr_tail);
  }
}

std::expected<ConfiguredRun, std::string> asked_of(const RunOptions& options) {
  auto params = parse_parameters(options.params, options.workers);
  if (!params) return std::unexpected(params.error());
  return apply_config({.file = options.config, .runtimes = options.runtimes, .params = std::move(*params)},
                      options.scenario, catalogue_here());
}

std::expected<Plan, std::string> plan_of(const RunOptions& options, const ConfiguredRun& asked,
                                         const std::string& typed) {
  const Catalogue catalogue = catalogue_here();
  for (const std::string& name : options.required) {
    if (const auto known = runtime_named(catalogue, name); !known) return std::unexpected(known.error());
  }
  auto plan = make_run_plan({.scenario = options.scenario,
                             .runtimes = asked.runtimes,
                             .params = asked.params,
                             .rounds = options.rounds,
                             .smoke = options.smoke},
                            catalogue);
  if (plan) {
    apply_conditions(options.conditions, *plan);
    plan->created = utc_time();
    plan->command = typed;
  }
  return plan;
}

int run(const RunOptions& options, const std::string& typed) {
  if (options.conditions.profile && options.out.empty()) {
    return complain("--profile keeps stacks in a results folder: --out FOLDER", kUsage);
  }
  const auto asked = asked_of(options);
  if (!asked) return complain(asked.error(), kUsage);
  const auto plan = plan_of(options, *asked, typed);
  if (!plan) return complain(plan.error(), kUsage);
  const auto cpu_idle = plan_cpu_idle_here(options.cpu_idle);
  if (!cpu_idle) return complain(cpu_idle.error(), kUsage);
  const EnvironmentRecord environment = environment_here(cpu_idle->fact);
  std::optional<ResultsDirectory> results;
  if (!options.out.empty()) {
    auto created = ResultsDirectory::create(options.out, *plan, environment);
    if (!created) return complain(created.error(), kUsage);
    results = std::move(*created);
  }

  const Interrupt interrupt;
  SubjectSetup setup = setup_here(interrupt.fd());
  setup.config_file = asked->file;
  apply_conditions(*plan, setup);
  std::vector<RunRecord> records;
  std::FILE* const told = options.json ? stderr : stdout;
  std::expected<bool, std::string> complete = true;
  {
    const auto awake = CpuIdleInhibitor::start(*cpu_idle, setup.placement);
    if (!awake) return complain(awake.error(), kNotMeasured);
    Progress progress(*plan, 0, told, Progress::style_of(told));
    complete = run_all(plan->runs, setup, progress, [&](RunOutcome& outcome) -> std::expected<void, std::string> {
      if (results) {
        if (auto stored = store_run(*results, outcome); !stored) return stored;
      }
      records.push_back(outcome.record);
      return {};
    });
  }
  if (options.json) {
    fmt::print("{}", runs_json(environment, records));
  } else {
    for (const RunRecord& record : records) {
      fmt::print("{} round {}:\n", record.spec.runtime, record.spec.round + 1);
      print_run(record);
    }
  }
  if (!complete) return complain(complete.error(), kNotMeasured);
  std::set<std::string> required;
  for (const std::string& name : options.required) required.insert(runtime_named(catalogue_here(), name).value());
  return *complete ? exit_code_of(records, required) : kInterrupted;
}

}  // namespace

void add_run_command(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("run", "Puts one scenario to the named runtimes");
  command->footer(std::string(kRunExamples) + kExitCodeHelp);
  auto options = std::make_shared<RunOptions>();
  command->add_option("scenario", options->scenario, "See gauntlet list scenarios")->required();
  command->add_option("--runtime,-r", options->runtimes, "Runtime or floor; more than one takes turns");
  command->add_option("--config", options->config, "Configuration file of the runtimes; see gauntlet list config");
  command->add_option("--param,-p", options->params, "NAME=VALUE, a parameter of the scenario")
      ->allow_extra_args(false);
  command->add_option("--workers", options->workers, "Worker threads of the runtime: -p worker_threads=N")
      ->check(CLI::Range(1U, most_workers));
  command->add_option("--rounds", options->rounds, "Times that each runtime runs")->check(CLI::Range(1, 10000));
  command->add_option("--out", options->out, "New folder for records and histograms");
  command->add_option("--require", options->required, "Runtime whose being skipped is a failure");
  command->add_flag("--smoke", options->smoke, "Parameters that are not given take their smoke sizes");
  add_condition_options(*command, options->conditions);
  add_cpu_idle_option(*command, options->cpu_idle);
  command->add_flag("--json", options->json, "One JSON object on standard output; progress on standard error");
  command->callback([options, &context] { context.exit_code = run(*options, context.typed); });
}

}  // namespace gauntlet
