#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/commands.hpp"
#include "harness/cli/compared_directories.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/finish.hpp"
#include "harness/cli/interrupt.hpp"
#include "harness/cli/summary_table.hpp"
#include "harness/subject/pump.hpp"

namespace gauntlet {
namespace {

struct ReportOptions {
  std::vector<std::string> directories;
  std::string base, format = "html", out;
};

constexpr const char* kReportExamples = R"(Examples:
  gauntlet report results/20260131T120000Z-quick
  gauntlet report results/monday results/tuesday          # side by side
  gauntlet report --base results/before results/after     # what changed, deltas first
  gauntlet report results/DIR --format md                 # a summary for a pull request
  gauntlet report results/DIR --format svg                # each chart as a file

One directory gives report.html in it, several give side_by_side.html in the last one, and a base changes.html.
summary.json is made again from what was measured; beside it only what is derived is written.

Exit codes: 0 made, 2 not a results directory or not comparable, 3 the report could not be made, 130 interrupted.)";

std::expected<ResultsDirectory, std::string> open_told(const std::string& directory) {
  auto results = ResultsDirectory::open_for_reading(directory);
  if (results && !results->notice().empty()) fmt::print(stderr, "gauntlet: {}\n", results->notice());
  return results;
}

/// The words on the two are said here, where all statistics are; the page reads them from the later directory.
std::expected<void, std::string> write_comparison(const ResultsDirectory& base, const ResultsDirectory& head) {
  const auto compared = compare_directories(base, head, {});
  if (!compared) return std::unexpected(compared.error());
  return head.write_derived("comparison.json", compared->json());
}

std::vector<std::string> script_arguments(const ReportOptions& options) {
  std::vector<std::string> arguments = options.directories;
  arguments.insert(arguments.end(), {"--format", options.format});
  if (!options.base.empty()) arguments.insert(arguments.end(), {"--base", options.base});
  if (!options.out.empty()) arguments.insert(arguments.end(), {"--out", options.out});
  return arguments;
}

int report(const ReportOptions& options) {
  const Interrupt interrupt;
  if (!options.base.empty() && options.directories.size() != 1) {
    return complain("--base is held against one results directory, not several", kUsage);
  }
  std::vector<std::string> directories = options.directories;
  if (!options.base.empty()) directories.insert(directories.begin(), options.base);
  std::vector<ResultsDirectory> opened;
  for (const std::string& directory : directories) {
    auto results = open_told(directory);
    if (!results) return complain(results.error(), kUsage);
    opened.push_back(std::move(*results));
  }
  if (!options.base.empty()) {
    if (const auto written = write_comparison(opened.front(), opened.back()); !written) {
      return complain(written.error(), kUsage);
    }
  }
  for (const ResultsDirectory& results : opened) {
    const auto summary = summarise_results(results);
    if (!summary) return complain(summary.error(), kNotMeasured);
    if (opened.size() == 1) fmt::print("{}\n", summary_table(*summary));
  }
  std::fflush(stdout);
  try {
    const auto made = make_report(script_arguments(options), interrupt.fd());
    if (!made) return complain(made.error(), kNotMeasured);
    fmt::print("report: {}\n", made->string());
  } catch (const Interrupted&) {
    return kInterrupted;
  }
  return kEveryMustHeld;
}

}  // namespace

void add_report_command(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("report", "Makes the report of results again, or holds several together");
  command->footer(kReportExamples);
  auto options = std::make_shared<ReportOptions>();
  command->add_option("directories", options->directories, "Results directories")->required();
  command->add_option("--base", options->base, "Results directory that the given one is held against");
  command->add_option("--format", options->format, "What is made; png and svg: a folder with each chart")
      ->check(CLI::IsMember({"html", "md", "json", "png", "svg"}))
      ->capture_default_str();
  command->add_option("--out", options->out, "Where to write, in place of the results directory");
  command->callback([options, &context] { context.exit_code = report(*options); });
}

}  // namespace gauntlet
