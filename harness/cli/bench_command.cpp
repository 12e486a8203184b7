#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/catalogue.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/conditions_option.hpp"
#include "harness/cli/cpu_idle_option.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/finish.hpp"
#include "harness/cli/interrupt.hpp"
#include "harness/cli/run_loop.hpp"
#include "harness/cli/suite_filter.hpp"
#include "harness/cli/summary_table.hpp"
#include "harness/cli/utc_time.hpp"
#include "harness/plan/suite_file.hpp"
#include "harness/subject/cpu_idle_inhibitor.hpp"
#include "runtimes/contract/config.hpp"

namespace gauntlet {
namespace {

struct BenchOptions {
  std::string suite = "quick";
  std::string out;
  std::string resume;
  std::string only;
  unsigned workers = 0;
  std::vector<std::string> runtimes;
  std::vector<std::string> required;
  ConditionOptions conditions;
  std::string cpu_idle;
};

constexpr const char* kBenchExamples = R"(Examples:
  gauntlet bench                                   # the suite `quick`
  gauntlet bench smoke --out /tmp/results
  gauntlet bench quick --only load --runtime single_loop
  gauntlet bench my_suite.toml
  gauntlet bench --resume results/DIR              # after Ctrl-C or a kill

A negative control is expected to break a must here; its passing is the failure.

)";

std::expected<ResultsDirectory, std::string> begin_bench(const BenchOptions& options, const std::string& typed,
                                                         const EnvironmentRecord& environment) {
  const Catalogue catalogue = catalogue_here();
  auto suite = load_suite(suites_folder(), options.suite);
  if (!suite) return std::unexpected(suite.error());
  suite = filter_suite(std::move(*suite), options.only, options.runtimes, catalogue);
  if (!suite) return std::unexpected(suite.error());
  if (options.workers != 0) set_workers(*suite, options.workers, catalogue);
  auto plan = make_plan(*suite, catalogue);
  if (!plan) return std::unexpected(plan.error());
  apply_conditions(options.conditions, *plan);
  plan->created = utc_time();
  plan->command = typed;
  const std::string folder = options.out.empty() ? "results/" + utc_stamp() + "-" + suite->name : options.out;
  return ResultsDirectory::create(folder, std::move(*plan), environment);
}

void warn_of_environment(const EnvironmentRecord& environment) {
  for (const auto& fact : environment.facts) {
    if (!fact.warning.empty()) fmt::print("note: {}: {}\n", fact.name, fact.warning);
  }
}

/// Summary, table, report. What cannot be made of the results does not take anything away from them.
int finish(const ResultsDirectory& results, int interrupt_fd) {
  const auto summary = summarise_results(results);
  if (!summary) return complain(summary.error(), kNotMeasured);
  fmt::print("{}", summary_table(*summary));
  std::fflush(stdout);
  const auto report = make_report({results.path().string()}, interrupt_fd);
  if (!report) return complain(report.error(), kNotMeasured);
  fmt::print("\nreport: {}\n", report->string());
  return kEveryMustHeld;
}

int interrupted(const ResultsDirectory& results, const BenchOptions& options) {
  fmt::print("\ninterrupted: {} of {} runs are kept; go on with\n  gauntlet bench --resume {}{}\n",
             results.records().size(), results.plan().runs.size(), results.path().string(),
             options.cpu_idle.empty() ? "" : " --cpu-idle " + options.cpu_idle);
  return kInterrupted;
}

int bench(const BenchOptions& options, const std::string& typed) {
  std::set<std::string> required;
  for (const std::string& given : options.required) {
    const auto name = runtime_named(catalogue_here(), given);
    if (!name) return complain(name.error(), kUsage);
    required.insert(*name);
  }
  const auto cpu_idle = plan_cpu_idle_here(options.cpu_idle);
  if (!cpu_idle) return complain(cpu_idle.error(), kUsage);
  const EnvironmentRecord environment = environment_here(cpu_idle->fact);
  auto results = options.resume.empty() ? begin_bench(options, typed, environment)
                                        : ResultsDirectory::open_for_resume(options.resume, environment);
  if (!results) return complain(results.error(), kUsage);
  const auto todo = results->remaining();
  if (!results->notice().empty()) fmt::print("note: {}\n", results->notice());
  warn_of_environment(results->environment());
  fmt::print("{}: {} runs, about {}, into {}\n", results->plan().suite, todo.size(),
             short_time(results->plan().estimate_s * static_cast<double>(todo.size()) /
                        static_cast<double>(std::max<std::size_t>(1, results->plan().runs.size()))),
             results->path().string());

  const Interrupt interrupt;
  SubjectSetup setup = setup_here(interrupt.fd());
  apply_conditions(results->plan(), setup);
  std::expected<bool, std::string> complete = true;
  {
    const auto awake = CpuIdleInhibitor::start(*cpu_idle, setup.placement);
    if (!awake) return complain(awake.error(), kNotMeasured);
    Progress progress(results->plan(), results->records().size(), stdout, Progress::style_of(stdout));
    complete = run_all(todo, setup, progress, [&](RunOutcome& outcome) { return store_run(*results, outcome); });
  }
  if (!complete) return complain(complete.error(), kNotMeasured);
  if (!*complete) return interrupted(*results, options);
  try {
    const int finished = finish(*results, interrupt.fd());
    const int judged = exit_code_of(results->records(), required);
    return judged != kEveryMustHeld ? judged : finished;
  } catch (const Interrupted&) {
    return interrupted(*results, options);
  }
}

}  // namespace

void add_bench_command(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("bench", "Runs a suite, and makes a report");
  command->footer(std::string(kBenchExamples) + kExitCodeHelp);
  auto options = std::make_shared<BenchOptions>();
  CLI::Option* suite = command->add_option("suite", options->suite, "Name, or path of a .toml file (quick)");
  CLI::Option* out = command->add_option("--out", options->out, "New folder for the results (results/TIME-SUITE)");
  CLI::Option* only = command->add_option("--only", options->only, "The families of this scenario alone");
  CLI::Option* runtime = command->add_option("--runtime,-r", options->runtimes, "These runtimes alone, and the floors");
  CLI::Option* workers =
      command
          ->add_option("--workers", options->workers, "Worker threads of the runtimes, where a scenario asks for them")
          ->check(CLI::Range(1U, most_workers));
  CLI::Option* resume = command->add_option("--resume", options->resume, "Folder of a bench that was interrupted");
  command->add_option("--require", options->required, "Runtime whose being skipped is a failure");
  for (CLI::Option* option : {suite, out, only, runtime, workers}) resume->excludes(option);
  for (CLI::Option* option : add_condition_options(*command, options->conditions)) resume->excludes(option);
  add_cpu_idle_option(*command, options->cpu_idle);
  command->callback([options, &context] { context.exit_code = bench(*options, context.typed); });
}

}  // namespace gauntlet
