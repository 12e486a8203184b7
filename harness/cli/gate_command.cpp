#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/commands.hpp"
#include "harness/cli/cpu_idle_option.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/gate_reports.hpp"
#include "harness/cli/gate_session.hpp"
#include "harness/cli/interrupt.hpp"
#include "harness/store/durable_file.hpp"
#include "harness/subject/pump.hpp"

namespace gauntlet {
namespace {

constexpr const char* kGateHelp = R"(Examples:
  gauntlet gate --base origin/main                 # all of ci/gate.toml, about three minutes
  gauntlet gate --base HEAD~1 --json > gate.json
  gauntlet gate --only rival --only count          # no base needed
  gauntlet gate --base-build ../before/build/release --budget 60
  gauntlet gate --head-build after --base-build before   # services of your own: ci/own-service
  gauntlet gate --update-counts                    # stores the counts of this build as the baseline
  gauntlet gate --base origin/main --junit gate.xml
  gauntlet gate --base origin/main --record pool.jsonl   # keeps every run, for gauntlet power

Base, head and the base once more run in turn, in rotated rounds, until the medians are known well enough or the budget
is spent. Every word is said of this build. Under GitHub Actions (GITHUB_ACTIONS, GITHUB_STEP_SUMMARY) the verdicts are
also a step summary, and annotations.

Exit codes: 0 nothing got worse, 1 something is slower or fails, 2 usage, 3 unstable or invalid (--on-unstable
overrides) or the base could not be had, 130 interrupted.)";

/// Of the gate itself, or 3 where all would be well but its report was lost.
int end_with(int code, const std::expected<void, std::string>& reported) {
  if (reported) return code;
  return complain("the report of the gate was not written: " + reported.error(), code != 0 ? code : kNotMeasured);
}

int refuse(const GateRefusal& refusal, const std::string& junit) {
  const int code = complain(refusal.sentence, refusal.code);
  return junit.empty() ? code : end_with(code, replace_file(junit, refusal_junit(refusal.sentence)));
}

int report(const GateOutcome& outcome, const std::string& junit, std::FILE* told) {
  std::fflush(stdout);
  if (wants_annotations()) fmt::print(told, "{}", gate_annotations(outcome));
  int code = end_with(outcome.exit_code, append_step_summary(outcome));
  if (!junit.empty()) code = end_with(code, replace_file(junit, gate_junit(outcome)));
  return code;
}

int gate(const GateOptions& options, const std::string& junit, const std::string& typed) {
  const Interrupt interrupt;
  std::FILE* const told = options.json ? stderr : stdout;
  try {
    const auto cpu_idle = plan_cpu_idle_here(options.cpu_idle);
    if (!cpu_idle) return refuse({.sentence = cpu_idle.error(), .code = kUsage}, junit);
    if (options.update_counts) {
      const auto written = update_counts(options, *cpu_idle, interrupt.fd(), told);
      if (!written) return complain(written.error().sentence, written.error().code);
      fmt::print("written: {}\n", written->string());
      return kEveryMustHeld;
    }
    const auto outcome = run_gate(options, *cpu_idle, typed, interrupt.fd(), told);
    if (!outcome) return refuse(outcome.error(), junit);
    fmt::print("{}", options.json ? gate_json(*outcome) : gate_table(*outcome));
    return report(*outcome, junit, told);
  } catch (const Interrupted&) {
    return complain("interrupted: a gate that was not finished has nothing to say", kInterrupted);
  }
}

}  // namespace

void add_gate_command(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("gate", "Finds what this build made worse");
  command->footer(kGateHelp);
  auto options = std::make_shared<GateOptions>();
  CLI::Option* base = command->add_option("--base", options->base, "Revision to hold this build against");
  CLI::Option* base_build =
      command->add_option("--base-build", options->base_build, "Folder with the base's programs, built by other means")
          ->excludes(base);
  command
      ->add_option("--head-build", options->head_build, "Folder with the programs to hold against them (this build's)")
      ->needs(base_build);
  command->add_option("--config", options->config, "What is gated (ci/gate.toml)");
  command->add_option("--on-unstable", options->on_unstable, "What unstable and invalid count as: pass or fail")
      ->check(CLI::IsMember({"pass", "fail"}));
  command->add_option("--only", options->only, "Gates of this kind alone: build, rival or count")
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"build", "rival", "count"}));
  command->add_option("--record", options->record, "File that every run is appended to, for gauntlet power");
  command->add_option("--budget", options->budget_s, "Seconds for builds and rivals together (those of the file)")
      ->check(CLI::Range(1.0, 86400.0));
  command->add_option("--rounds", options->rounds, "Rounds of each comparison and count, whatever the budget")
      ->check(CLI::Range(1, 10'000));
  add_cpu_idle_option(*command, options->cpu_idle);
  CLI::Option* force =
      command->add_flag("--force", options->force, "Measure even when both builds are the same program");
  CLI::Option* update =
      command->add_flag("--update-counts", options->update_counts, "Store this build's counts as the baseline");
  update->excludes(base)->excludes(force);
  command->add_flag("--json", options->json, "One JSON object on standard output; progress on standard error");
  auto junit = std::make_shared<std::string>();
  command->add_option("--junit", *junit, "File for a JUnit report: a test case per verdict")->excludes(update);
  command->callback([options, junit, &context] { context.exit_code = gate(*options, *junit, context.typed); });
}

}  // namespace gauntlet
