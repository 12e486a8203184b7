#include "harness/cli/gate_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <iterator>
#include <limits>
#include <set>

#include "harness/cli/catalogue.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/progress.hpp"
#include "harness/cli/verdict_text.hpp"
#include "harness/gate/base_build.hpp"
#include "harness/gate/head_build.hpp"
#include "harness/gate/loaded_image.hpp"
#include "harness/gate/merged_figures.hpp"
#include "harness/gate/recorded_rounds.hpp"
#include "harness/measure/monotonic_clock.hpp"
#include "harness/store/durable_file.hpp"
#include "harness/subject/cpu_idle_inhibitor.hpp"
#include "harness/subject/execute_run.hpp"

namespace gauntlet {
namespace {

namespace fs = std::filesystem;

struct LoadedGate {
  GateConfig config;
  GatePlan plan;
  fs::path counts;  ///< the baseline file
};

std::unexpected<GateRefusal> refused(std::string sentence, ExitCode code) {
  return std::unexpected(GateRefusal{.sentence = std::move(sentence), .code = code});
}

bool is_wanted(const std::vector<std::string>& only, GateKind kind) {
  return only.empty() || std::ranges::find(only, word_of(kind)) != only.end();
}

void fix_rounds(GatePlan& plan, int rounds) {
  plan.least_rounds = plan.most_rounds = rounds;
  plan.budget_s = std::numeric_limits<double>::infinity();
  for (CountCheck& check : plan.counts) check.rounds = rounds;
}

std::expected<LoadedGate, GateRefusal> load_gate(const GateOptions& options) {
  const fs::path path = options.config.empty() ? shipped_gate_config() : options.config;
  auto config = load_gate_config(path);
  if (!config) return refused(config.error(), kUsage);
  if (!is_wanted(options.only, GateKind::build)) config->builds.clear();
  if (!is_wanted(options.only, GateKind::rival)) config->rivals.clear();
  if (!is_wanted(options.only, GateKind::count)) config->counted.clear();
  auto plan = make_gate_plan(*config, catalogue_here());
  if (!plan) return refused(plan.error(), kUsage);
  if (plan->duels.empty() && plan->counts.empty()) {
    return refused(fmt::format("{} holds no gate of the kind that --only names", path.string()), kUsage);
  }
  if (options.budget_s > 0) plan->budget_s = options.budget_s;
  if (options.rounds > 0) fix_rounds(*plan, options.rounds);
  const fs::path counts = path.parent_path() / config->counts;
  return LoadedGate{.config = std::move(*config), .plan = std::move(*plan), .counts = counts};
}

std::string fact_or(const EnvironmentRecord& environment, const char* name, const char* otherwise) {
  const auto* fact = find_fact(environment, name);
  return fact ? fact->value : otherwise;
}

std::string describe_head(const EnvironmentRecord& here) {
  const bool dirty = fact_or(here, "dirty", "no") == "yes";
  return fact_or(here, "revision", "unknown") + (dirty ? ", with uncommitted changes" : "");
}

class Session {
 public:
  Session(const GateOptions& options, const CpuIdlePlan& cpu_idle, int interrupt_fd, std::FILE* told)
      : options_(options),
        cpu_idle_(cpu_idle),
        told_(told),
        head_(setup_here(interrupt_fd)),
        base_(head_),
        here_(environment_here(cpu_idle.fact)) {}

  std::expected<GateOutcome, GateRefusal> gate(const std::string& typed) {
    auto loaded = load_gate(options_);
    if (!loaded) return std::unexpected(loaded.error());
    if (!options_.head_build.empty()) {
      if (auto used = use_worker_of(options_.head_build, head_); !used) return std::unexpected(used.error());
    }
    if (auto opened = open_record(typed); !opened) return std::unexpected(opened.error());
    GatePlan& plan = loaded->plan;
    GateOutcome outcome{.config = loaded->config.file,
                        .base = {},
                        .head = options_.head_build.empty() ? describe_head(here_) : options_.head_build,
                        .end = {},
                        .budget_s = plan.budget_s,
                        .verdicts = {},
                        .command = typed};
    // A baseline that cannot be read is told before minutes are spent.
    const auto baseline = load_counts_baseline(loaded->counts);
    if (!baseline) return refused(baseline.error(), kNotMeasured);
    if (std::ranges::find(plan.duels, GateKind::build, &Duel::kind) != plan.duels.end()) {
      if (auto had = get_base(plan, outcome); !had) return std::unexpected(had.error());
      if (outcome.identical && !options_.force) take_identical(plan, outcome);
    }
    {
      const auto awake = CpuIdleInhibitor::start(cpu_idle_, head_.placement);
      if (!awake) return refused(awake.error(), kNotMeasured);
      run_and_judge(plan, baseline->has_value() ? &**baseline : nullptr, outcome);
    }
    if (!record_error_.empty()) return refused(record_error_, kNotMeasured);
    outcome.exit_code = exit_code(loaded->config, outcome);
    return outcome;
  }

  std::expected<fs::path, GateRefusal> update() {
    auto loaded = load_gate(options_);
    if (!loaded) return std::unexpected(loaded.error());
    if (loaded->plan.counts.empty()) {
      return refused(fmt::format("{} has no [[count]], so there is nothing to store", loaded->config.file), kUsage);
    }
    const auto awake = CpuIdleInhibitor::start(cpu_idle_, head_.placement);
    if (!awake) return refused(awake.error(), kNotMeasured);
    const auto baseline = make_baseline(loaded->plan, run_counts(loaded->plan, runner()), here_);
    if (!baseline) return refused(baseline.error(), kNotMeasured);
    if (auto written = replace_file(loaded->counts, to_json(*baseline)); !written) {
      return refused(written.error(), kNotMeasured);
    }
    return loaded->counts;
  }

 private:
  void tell(const std::string& line) const {
    fmt::print(told_, "{}\n", line);
    std::fflush(told_);
  }

  std::expected<void, GateRefusal> open_record(const std::string& typed) {
    if (options_.record.empty()) return {};
    auto opened = RoundRecorder::append_to(options_.record, here_, typed);
    if (!opened) return refused(opened.error(), kUsage);
    recorder_.emplace(std::move(*opened));
    return {};
  }

  static std::expected<void, GateRefusal> use_worker_of(const fs::path& folder, SubjectSetup& setup) {
    const fs::path worker = fs::absolute(folder) / setup.worker.filename();
    std::error_code error;
    if (!fs::exists(worker, error)) {
      return refused(fmt::format("{} holds no {}", folder.string(), worker.filename().string()), kUsage);
    }
    setup.worker = worker;
    return {};
  }

  /// The worker, and those programs that some runtime of a build gate needs in its place.
  std::vector<std::string> programs_of(const GatePlan& plan) const {
    std::set<std::string> programs = {head_.worker.filename().string()};
    for (const Duel& duel : plan.duels) {
      if (duel.kind != GateKind::build) continue;
      programs.insert(head_.worker_for(duel.runtime(), find_scenario(duel.scenario)->info()).filename().string());
    }
    return {programs.begin(), programs.end()};
  }

  std::expected<void, GateRefusal> get_base(const GatePlan& plan, GateOutcome& outcome) {
    const std::vector<std::string> programs = programs_of(plan);
    fs::path folder = options_.base_build;
    outcome.base = options_.base_build;
    if (folder.empty()) {
      if (options_.base.empty()) {
        return refused("which base? Name a revision with --base, or leave builds out with --only rival --only count",
                       kUsage);
      }
      const fs::path here = head_.worker.parent_path();
      const auto settings = build_settings_of(here);
      if (!settings) return refused(settings.error(), kUsage);
      const auto built = build_base({.sources = GAUNTLET_SOURCE_DIR,
                                     .revision = options_.base,
                                     .cache = here / "gate-bases",
                                     .settings = *settings,
                                     .programs = programs,
                                     .interrupt_fd = head_.interrupt_fd,
                                     .tell = [this](const std::string& line) { tell(line); }});
      if (!built) return refused(built.error().sentence, built.error().usage ? kUsage : kNotMeasured);
      folder = built->folder;
      outcome.base = fmt::format("{} ({})", options_.base, built->commit);
    }
    if (auto used = use_worker_of(folder, base_); !used) return used;
    // What is no program of ours, a script for instance, is measured.
    outcome.identical = std::ranges::all_of(programs, [this](const std::string& program) {
      return same_loaded_image(head_.worker.parent_path() / program, base_.worker.parent_path() / program)
          .value_or(false);
    });
    return {};
  }

  static void take_identical(GatePlan& plan, GateOutcome& outcome) {
    for (const Duel& duel : plan.duels) {
      if (duel.kind != GateKind::build) continue;
      for (const GatedMetric& metric : duel.metrics) {
        outcome.verdicts.push_back(
            {.cell = duel.cell,
             .runtime = duel.runtime(),
             .against = duel.against(),
             .metric = metric.info,
             .minimum_effect = metric.minimum_effect,
             .verdict = {VerdictWord::same,
                         "base and head are the same program, bit by bit (--force measures all the same)"}});
      }
    }
    std::erase_if(plan.duels, [](const Duel& duel) { return duel.kind == GateKind::build; });
  }

  RunArm runner() {
    return [this](const RunSpec& spec, Build build) {
      const Scenario* scenario = find_scenario(spec.scenario);
      assert(scenario != nullptr && "the plan was made from the catalogue");
      RunOutcome outcome = execute_run(spec, *scenario, build == Build::head ? head_ : base_);
      if (outcome.record.status != RunStatus::ok) {
        tell(fmt::format("{} {} round {}: {}", spec.cell, spec.arm, spec.round + 1,
                         figures_of(outcome.record, nullptr)));
      }
      figures_.add(outcome.record, outcome.histograms);
      if (recorder_ && record_error_.empty()) {
        if (auto written = recorder_->record(outcome.record); !written) record_error_ = written.error();
      }
      return std::move(outcome.record);
    };
  }

  void run_and_judge(const GatePlan& plan, const CountsBaseline* baseline, GateOutcome& outcome) {
    const auto began_ns = monotonic_ns();
    const auto elapsed_s = [began_ns] { return static_cast<double>(monotonic_ns() - began_ns) * 1e-9; };
    if (!plan.duels.empty()) {
      const GateRun run = run_duels(
          plan, {.run = runner(),
                 .now_s = elapsed_s,
                 .on_round = [&](int round, const std::vector<RunRecord>&, const std::vector<GateVerdict>& verdicts) {
                   tell(gate_progress(round, elapsed_s(), plan.budget_s, verdicts));
                 }});
      outcome.end = run.end;
      outcome.rounds = run.rounds;
      auto verdicts = judge_duels(plan, run.records);
      figures_.apply(verdicts);
      std::ranges::move(verdicts, std::back_inserter(outcome.verdicts));
    }
    const auto counted = run_counts(plan, runner());
    std::ranges::move(judge_counts(plan, counted, baseline, here_), std::back_inserter(outcome.verdicts));
    outcome.elapsed_s = elapsed_s();
  }

  int exit_code(const GateConfig& config, const GateOutcome& outcome) const {
    OnUnstable on_unstable = config.on_unstable;
    if (options_.on_unstable == "pass") on_unstable = OnUnstable::pass;
    if (options_.on_unstable == "fail") on_unstable = OnUnstable::fail;
    if (std::ranges::any_of(outcome.verdicts, &GateVerdict::broken)) return kMustBroken;
    std::vector<VerdictWord> words;
    for (const GateVerdict& verdict : outcome.verdicts) words.push_back(verdict.verdict.word);
    return exit_code_of(words, on_unstable);
  }

  const GateOptions& options_;
  const CpuIdlePlan& cpu_idle_;
  std::FILE* const told_;
  SubjectSetup head_;
  SubjectSetup base_;
  const EnvironmentRecord here_;
  MergedFigures figures_;
  std::optional<RoundRecorder> recorder_;
  std::string record_error_;  ///< the first one
};

}  // namespace

std::string shipped_gate_config() { return (fs::path(GAUNTLET_SOURCE_DIR) / "ci" / "gate.toml").string(); }

std::expected<GateOutcome, GateRefusal> run_gate(const GateOptions& options, const CpuIdlePlan& cpu_idle,
                                                 const std::string& typed, int interrupt_fd, std::FILE* told) {
  return Session(options, cpu_idle, interrupt_fd, told).gate(typed);
}

std::expected<fs::path, GateRefusal> update_counts(const GateOptions& options, const CpuIdlePlan& cpu_idle,
                                                   int interrupt_fd, std::FILE* told) {
  return Session(options, cpu_idle, interrupt_fd, told).update();
}

}  // namespace gauntlet
