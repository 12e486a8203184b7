#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/catalogue.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/gate_session.hpp"
#include "harness/cli/power_output.hpp"
#include "harness/store/durable_file.hpp"

namespace gauntlet {
namespace {

struct PowerOptions {
  std::vector<std::string> files;
  std::string config;
  std::vector<int> rounds = {6, 12, 18, 24, 36, 60};
  std::string metric;
  std::vector<std::string> gates;
  std::uint64_t seed = 1;
  std::size_t trials = 1000;
  bool json = false;
};

constexpr const char* kPowerHelp = R"(Examples:
  gauntlet gate --base-build PLANTED --force --record pool.jsonl
  gauntlet power pool.jsonl                               # how often would that have been found, in how many rounds?
  gauntlet power layout-1.jsonl layout-2.jsonl --metric latency_p99_us --json
  gauntlet power --gates gate-1.json --gates gate-2.json  # reports of gauntlet gate --json, counted

A gate is made of recorded rounds, drawn with replacement from one of the files and judged as `gauntlet gate` judges:
for each number of rounds, and with the stopping rule of the configuration. Intervals are a bootstrap of the files and
their rounds; of real gates, exact (Clopper and Pearson).

Exit codes: 0 told, 2 usage or files that do not fit the configuration or one another.)";

std::expected<GatePower, std::string> resampled(const PowerOptions& options) {
  const std::string path = options.config.empty() ? shipped_gate_config() : options.config;
  const auto config = load_gate_config(path);
  if (!config) return std::unexpected(config.error());
  const auto plan = make_gate_plan(*config, catalogue_here());
  if (!plan) return std::unexpected(plan.error());
  const auto baseline = load_counts_baseline(std::filesystem::path(path).parent_path() / config->counts);
  if (!baseline) return std::unexpected(baseline.error());
  std::vector<RecordedRounds> groups;
  for (const std::string& file : options.files) {
    auto rounds = load_recorded_rounds(file, *plan);
    if (!rounds) return std::unexpected(rounds.error());
    groups.push_back(std::move(*rounds));
  }
  // Judging after each round takes ten times as long, so that fewer gates are made.
  const ShareOptions all{.seed = options.seed, .trials = options.trials, .resamples = 60, .trials_of_resample = 60};
  const ShareOptions fewer{
      .seed = options.seed, .trials = (options.trials + 2) / 3, .resamples = 40, .trials_of_resample = 20};
  return power_of(*plan, groups, baseline->has_value() ? &**baseline : nullptr,
                  {.rounds = options.rounds, .metric = options.metric, .options = all, .options_as_configured = fewer});
}

int power(const PowerOptions& options, const std::string& typed) {
  if (options.files.empty() && options.gates.empty()) {
    return complain("what was recorded? Name files of `gauntlet gate --record`, or reports with --gates", kUsage);
  }
  PowerAnswer answer{.command = typed, .metric = options.metric, .power = {}, .gates = {}};
  if (!options.files.empty()) {
    auto found = resampled(options);
    if (!found) return complain(found.error(), kUsage);
    answer.power = std::move(*found);
  }
  for (const std::string& file : options.gates) {
    const auto text = read_file(file);
    if (!text) return complain(text.error(), kUsage);
    const auto ending = ending_of_report(*text, options.metric);
    if (!ending) return complain(fmt::format("{}: {}", file, ending.error()), kUsage);
    if (!answer.gates) answer.gates.emplace();
    ++(*answer.gates)[static_cast<std::size_t>(*ending)];
  }
  fmt::print("{}", options.json ? power_json(answer) : power_table(answer));
  return kEveryMustHeld;
}

}  // namespace

void add_power_command(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("power", "Tells how often a gate would find what recorded rounds hold");
  command->footer(kPowerHelp);
  auto options = std::make_shared<PowerOptions>();
  command->add_option("files", options->files, "What gauntlet gate --record wrote");
  command->add_option("--config", options->config, "What is gated (ci/gate.toml)");
  command->add_option("--rounds", options->rounds, "Numbers of rounds (6,12,18,24,36,60)")
      ->delimiter(',')
      ->check(CLI::Range(1, 10'000));
  command->add_option("--metric,-m", options->metric, "Look at this metric alone");
  command->add_option("--gates", options->gates, "Report of a real gate, as --json writes it")->allow_extra_args(false);
  command->add_option("--seed", options->seed, "Of the drawing (1)");
  command->add_option("--trials", options->trials, "Gates that are made for each number of rounds (1000)")
      ->check(CLI::Range(std::size_t{10}, std::size_t{1'000'000}));
  command->add_flag("--json", options->json, "One JSON object in place of the table");
  command->callback([options, &context] { context.exit_code = power(*options, context.typed); });
}

}  // namespace gauntlet
