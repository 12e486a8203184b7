#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/commands.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/export/export_format.hpp"
#include "harness/store/durable_file.hpp"
#include "harness/store/results_directory.hpp"

namespace gauntlet {
namespace {

struct ExportOptions {
  std::vector<std::string> directories;
  std::string format;
  std::string out;
};

std::string help() {
  std::string text = "Formats, with an example each:\n";
  for (const ExportFormat& format : all_export_formats()) {
    text += fmt::format("  {}: {}\n      {}\n", format.name, format.description, format.example);
  }
  return text +
         "\nExamples: above. The results directory itself is left as it is.\n\n"
         "Exit codes: 0 written, 2 usage or not a results directory, 3 the file could not be written.";
}

/// As `report` would summarise it, without touching the directory.
std::expected<Summary, std::string> read_summary(const std::string& directory) {
  const auto results = ResultsDirectory::open_for_reading(directory);
  if (!results) return std::unexpected(results.error());
  if (!results->notice().empty()) fmt::print(stderr, "gauntlet: {}\n", results->notice());
  // No format has percentiles but those that are metrics, so no histogram is read.
  return summarise(results->plan(), results->environment(), results->records(),
                   [](std::span<const std::string>) { return PercentileList(); });
}

std::expected<std::vector<ProfiledRun>, std::string> read_profiles(const std::string& directory) {
  const auto results = ResultsDirectory::open_for_reading(directory);
  if (!results) return std::unexpected(results.error());
  std::vector<ProfiledRun> runs;
  for (const RunRecord& record : results->records()) {
    if (record.profile.empty()) continue;
    auto folded = read_file(results->path() / record.profile);
    if (!folded) return std::unexpected(folded.error());
    runs.push_back({.cell = record.spec.cell, .runtime = record.spec.runtime, .folded = std::move(*folded)});
  }
  if (runs.empty()) {
    return std::unexpected(directory +
                           " has no profiles; gauntlet bench --profile and gauntlet run --profile make them");
  }
  return runs;
}

std::expected<std::string, std::string> exported(const ExportFormat& format,
                                                 const std::vector<std::string>& directories) {
  if (format.write_profiles != nullptr) {
    const auto runs = read_profiles(directories.front());
    if (!runs) return std::unexpected(runs.error());
    return format.write_profiles(*runs);
  }
  std::vector<Summary> summaries;
  for (const std::string& directory : directories) {
    auto summary = read_summary(directory);
    if (!summary) return std::unexpected(summary.error());
    summaries.push_back(std::move(*summary));
  }
  return format.write(summaries);
}

int export_results(const ExportOptions& options) {
  const auto format = export_format_named(options.format);
  if (!format) return complain(format.error(), kUsage);
  if (options.directories.size() > 1 && !(*format)->takes_several) {
    return complain(fmt::format("{} takes one results directory, not {}", options.format, options.directories.size()),
                    kUsage);
  }
  const auto text = exported(**format, options.directories);
  if (!text) return complain(text.error(), kUsage);
  if (options.out.empty()) {
    fmt::print("{}", *text);
  } else if (auto written = replace_file(options.out, *text); !written) {
    return complain(written.error(), kNotMeasured);
  }
  return kEveryMustHeld;
}

}  // namespace

void add_export_command(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("export", "Writes results in a format of another tool");
  command->footer(help());
  auto options = std::make_shared<ExportOptions>();
  command->add_option("directories", options->directories, "Results directories")->required();
  command->add_option("--format,-f", options->format, "See below")->required();
  command->add_option("--out,-o", options->out, "File to write (standard output)");
  command->callback([options, &context] { context.exit_code = export_results(*options); });
}

}  // namespace gauntlet
