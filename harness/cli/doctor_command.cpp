#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cassert>
#include <memory>

#include "harness/cli/catalogue.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/cpu_idle_option.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/interrupt.hpp"
#include "harness/cli/progress.hpp"
#include "harness/cli/run_plan.hpp"
#include "harness/doctor/diagnosis.hpp"
#include "harness/measure/monotonic_clock.hpp"
#include "harness/subject/cpu_idle_inhibitor.hpp"
#include "harness/subject/execute_run.hpp"

namespace gauntlet {
namespace {

struct DoctorOptions {
  bool json = false;
  bool no_probe = false;
  std::string cpu_idle;
};

constexpr const char* kDoctorHelp = R"(Examples:
  gauntlet doctor
  gauntlet doctor --no-probe               # the facts alone, at once
  gauntlet doctor --json > doctor.json

The probe runs one program against itself for 10 seconds (echo on single_loop) and says which change this machine could
tell from its own noise in one minute.

Exit codes: 0 fit to measure (there may be warnings), 2 usage, 3 figures from here are not to be trusted: a problem, a
probe that failed, or a minute that resolves no change of 10 %; 130 interrupted.)";

/// How far the probe is, on a line that is rewritten; nothing where that is no terminal.
class ProbeProgress {
 public:
  ProbeProgress() : shown_(Progress::style_of(stderr).rewrites) {}
  ~ProbeProgress() {
    if (shown_) fmt::print(stderr, "\r\033[K");
  }
  ProbeProgress(const ProbeProgress&) = delete;
  ProbeProgress& operator=(const ProbeProgress&) = delete;

  void show(std::size_t pairs, double elapsed_s) const {
    if (!shown_) return;
    fmt::print(stderr, "\r\033[KA/A probe: {} pairs, {:.0f} s of {:.0f} s", pairs, elapsed_s, kProbe_s);
    std::fflush(stderr);
  }

 private:
  const bool shown_;
};

std::expected<AaProbe, std::string> probe_here(const CpuIdlePlan& cpu_idle, int interrupt_fd) {
  const auto plan = make_run_plan(
      {.scenario = "load", .runtimes = {"single_loop"}, .params = probe_params(), .rounds = 1}, catalogue_here());
  if (!plan) return std::unexpected(plan.error());
  const RunSpec& spec = plan->runs.front();
  const Scenario* scenario = find_scenario(spec.scenario);
  assert(scenario != nullptr && "the plan was made from the catalogue");
  const SubjectSetup setup = setup_here(interrupt_fd);
  const auto awake = CpuIdleInhibitor::start(cpu_idle, setup.placement);
  if (!awake) return std::unexpected(awake.error());
  const ProbeProgress progress;
  progress.show(0, 0);
  return run_aa_probe(
      {.run = [&] { return execute_run(spec, *scenario, setup).record; },
       .now_s = [] { return static_cast<double>(monotonic_ns()) * 1e-9; },
       .on_pair = [&progress](std::size_t pairs, double elapsed_s) { progress.show(pairs, elapsed_s); }});
}

int doctor(const DoctorOptions& options) {
  // The load average is that of before the probe.
  const auto cpu_idle = plan_cpu_idle_here(options.cpu_idle);
  if (!cpu_idle) return complain(cpu_idle.error(), kUsage);
  const Environment environment = collect_environment(machine_here(), cpu_idle->fact);
  std::optional<std::expected<AaProbe, std::string>> probe;
  if (!options.no_probe) {
    const Interrupt interrupt;
    try {
      probe = probe_here(*cpu_idle, interrupt.fd());
    } catch (const Interrupted&) {
      return complain("interrupted: gauntlet doctor --no-probe tells the facts at once", kInterrupted);
    }
  }
  const Diagnosis diagnosis = diagnose(environment, probe);
  fmt::print("{}",
             options.json ? diagnosis_json(diagnosis) : diagnosis_text(diagnosis, Progress::style_of(stdout).colours));
  return is_fit_to_measure(diagnosis) ? kEveryMustHeld : kNotMeasured;
}

}  // namespace

void add_doctor_command(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("doctor", "Says what disturbs measuring here, and what to do about it");
  command->footer(kDoctorHelp);
  auto options = std::make_shared<DoctorOptions>();
  command->add_flag("--no-probe", options->no_probe, "Leave out the 10 seconds of measuring");
  add_cpu_idle_option(*command, options->cpu_idle);
  command->add_flag("--json", options->json, "One JSON object in place of the list");
  command->callback([options, &context] { context.exit_code = doctor(*options); });
}

}  // namespace gauntlet
