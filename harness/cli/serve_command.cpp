#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/catalogue.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/config_option.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/interrupt.hpp"
#include "harness/cli/run_plan.hpp"
#include "harness/subject/harness_bench.hpp"
#include "runtimes/contract/config.hpp"
#include "scenarios/scenario.hpp"

namespace gauntlet {
namespace {

struct ServeCommandOptions {
  std::string scenario;
  std::string runtime;
  std::string config;
  std::vector<std::string> params;
  unsigned workers = 0;
  std::uint16_t port = 0;
};

constexpr const char* kServeExamples = R"(Examples:
  gauntlet serve load --runtime single_loop --port 8080
  gauntlet serve load --config gauntlet.toml             # backend and threads as in the file
  wrk -t1 -c64 -d5s http://127.0.0.1:8080/plaintext      # in another terminal

Pinned like the subject of a bench: to all CPUs but the last, which is the client's.

Exit codes: 0 stopped by SIGINT or SIGTERM, 2 usage, 3 it could not run or died.)";

/// Until the interrupt, or until the subject has ended by itself; a bad end is its failure.
void serve_until_interrupted(Subject& subject, const Interrupt& interrupt) {
  try {
    while (!subject.wait(Pump::Clock::now() + std::chrono::hours(24), [&subject] { return subject.ended(); })) {
    }
  } catch (const Interrupted&) {
    interrupt.acknowledge();
    subject.stop();
  }
}

int serve(const ServeCommandOptions& options) {
  const auto params = parse_parameters(options.params, options.workers);
  if (!params) return complain(params.error(), kUsage);
  std::vector<std::string> runtimes;
  if (!options.runtime.empty()) runtimes.push_back(options.runtime);
  const auto asked = apply_config({.file = options.config, .runtimes = runtimes, .params = *params}, options.scenario,
                                  catalogue_here());
  if (!asked) return complain(asked.error(), kUsage);
  const auto plan = make_run_plan({.scenario = options.scenario, .runtimes = asked->runtimes, .params = asked->params},
                                  catalogue_here());
  if (!plan) return complain(plan.error(), kUsage);
  const RunSpec& spec = plan->runs.front();

  const Interrupt interrupt;
  const SubjectSetup setup = setup_here(-1);
  Pump pump(interrupt.fd());
  WorkerOptions worker;
  worker.scenario = spec.scenario;
  worker.runtime = spec.runtime;
  worker.params = spec.params;
  worker.port = options.port;
  worker.config = asked->file;
  std::unique_ptr<Subject> subject;
  try {
    subject = std::make_unique<Subject>(
        Subject::Options{.program = setup.worker_for(spec.runtime, find_scenario(spec.scenario)->info()),
                         .worker = worker,
                         .cpus = setup.placement.subject},
        pump);
    subject->await_ready();
    if (subject->port() == 0) {
      fmt::print("{} on {} is up; it listens to nobody\n", spec.scenario, spec.runtime);
    } else {
      fmt::print("{} on {} listens on 127.0.0.1:{}\n", spec.scenario, spec.runtime, subject->port());
    }
    std::fflush(stdout);
    serve_until_interrupted(*subject, interrupt);
  } catch (const Interrupted&) {
    return kEveryMustHeld;
  } catch (const std::exception& failure) {
    const std::string tail = subject ? subject->stderr_tail() : "";
    return complain(failure.what() + (tail.empty() ? "" : "; its last words: " + tail), kNotMeasured);
  }
  return kEveryMustHeld;
}

}  // namespace

void add_serve_command(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("serve", "Runs a subject by hand, for clients of your own");
  command->footer(kServeExamples);
  auto options = std::make_shared<ServeCommandOptions>();
  command->add_option("scenario", options->scenario, "See gauntlet list scenarios")->required();
  command->add_option("--runtime,-r", options->runtime, "Runtime or floor");
  command->add_option("--config", options->config, "Configuration file of the runtime; see gauntlet list config");
  command->add_option("--port", options->port, "TCP port; 0 lets the kernel choose");
  command->add_option("--param,-p", options->params, "NAME=VALUE, a parameter of the scenario")
      ->allow_extra_args(false);
  command->add_option("--workers", options->workers, "Worker threads of the runtime: -p worker_threads=N")
      ->check(CLI::Range(1U, most_workers));
  command->callback([options, &context] { context.exit_code = serve(*options); });
}

}  // namespace gauntlet
