#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "harness/cli/commands.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/history/history_output.hpp"
#include "harness/history/history_store.hpp"
#include "harness/store/results_directory.hpp"
#include "runtimes/contract/near_matches.hpp"

namespace gauntlet {
namespace {

/// A dot-file, so that `results/*` are results.
constexpr const char* kDefaultStore = "results/.history.sqlite";

struct HistoryOptions {
  std::string metric, cell, runtime;
  std::optional<std::int64_t> machine;
  std::string store = kDefaultStore;
  bool json = false;
  std::vector<std::string> directories;
};

constexpr const char* kHistoryHelp = R"(Examples:
  gauntlet history append results/20260131T120000Z-quick
  gauntlet history subject_cpu_us_per_request
  gauntlet history latency_p99_us --cell load/http-open --runtime single_loop --json

Results of one machine and build type are shown in order of time, those of others are left out. Change points are found
by E-divisive with a permutation test at 5 %; what they say is where to look, a gate is what judges a change.

Exit codes: 0 appended or shown, 2 usage, no such metric or not a results directory, 3 the store could not be written.)";

int append(const HistoryOptions& options) {
  auto store = HistoryStore::open_for_appending(options.store);
  if (!store) return complain(store.error(), kNotMeasured);
  for (const std::string& directory : options.directories) {
    const auto results = ResultsDirectory::open_for_reading(directory);
    if (!results) return complain(results.error(), kUsage);
    if (!results->notice().empty()) fmt::print(stderr, "gauntlet: {}\n", results->notice());
    const Summary summary = summarise(results->plan(), results->environment(), results->records(),
                                      [](std::span<const std::string>) { return PercentileList(); });
    const auto appended = store->append(summary);
    if (!appended) return complain(appended.error(), kNotMeasured);
    fmt::print("{}: {} {}\n", directory, *appended ? "appended to" : "is already in", options.store);
  }
  return kEveryMustHeld;
}

std::string nothing_found(const HistoryOptions& options, const std::vector<std::string>& metrics) {
  if (std::ranges::find(metrics, options.metric) != metrics.end()) {
    return fmt::format("{} holds {}, but not for this cell, runtime and machine", options.store, options.metric);
  }
  const auto near = near_matches(options.metric, metrics);
  return fmt::format("{} holds no metric '{}'; {}", options.store, options.metric,
                     near.empty() ? fmt::format("known are: {}", fmt::join(metrics, ", "))
                                  : fmt::format("did you mean {}?", fmt::join(near, " or ")));
}

int show(const HistoryOptions& options) {
  auto store = HistoryStore::open_for_reading(options.store);
  if (!store) return complain(store.error(), kUsage);
  const auto metrics = store->metrics();
  if (!metrics) return complain(metrics.error(), kUsage);
  if (options.metric.empty()) {
    return complain(fmt::format("which metric? {} holds: {}", options.store, fmt::join(*metrics, ", ")), kUsage);
  }
  const auto answer = store->ask(
      {.metric = options.metric, .cell = options.cell, .runtime = options.runtime, .machine = options.machine});
  if (!answer) return complain(answer.error(), kUsage);
  if (answer->series.empty()) return complain(nothing_found(options, *metrics), kUsage);
  fmt::print("{}", options.json ? history_json(*answer) : history_text(*answer));
  return kEveryMustHeld;
}

}  // namespace

void add_history_command(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("history", "Keeps results, and shows how a metric went over time");
  command->footer(kHistoryHelp);
  auto options = std::make_shared<HistoryOptions>();
  CLI::App* appending = command->add_subcommand("append", "Adds results directories to the store");
  appending->add_option("directories", options->directories, "Results directories")->required();
  appending->add_option("--store", options->store, fmt::format("SQLite file ({})", kDefaultStore));
  command->add_option("metric", options->metric, "Metric to show");
  command->add_option("--cell", options->cell, "This cell alone");
  command->add_option("--runtime,-r", options->runtime, "This runtime alone");
  command->add_option("--machine", options->machine,
                      "Number of the machine and build type (that of the newest results)");
  command->add_option("--store", options->store, fmt::format("SQLite file ({})", kDefaultStore));
  command->add_flag("--json", options->json, "One JSON object in place of the list");
  command->callback(
      [options, appending, &context] { context.exit_code = appending->parsed() ? append(*options) : show(*options); });
}

}  // namespace gauntlet
