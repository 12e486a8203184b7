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

int export_results(const ExportOptions& options) {
  const auto format = export_format_named(options.format);
  if (!format) return complain(format.error(), kUsage);
  if (options.directories.size() > 1 && !(*format)->takes_several) {
    return complain(fmt::format("{} takes one results directory, not {}", options.format, options.directories.size()),
                    kUsage);
  }
  std::vector<Summary> summaries;
  for (const std::string& directory : options.directories) {
    auto summary = read_summary(directory);
    if (!summary) return complain(summary.error(), kUsage);
    summaries.push_back(std::move(*summary));
  }
  const std::string text = (*format)->write(summaries);
  if (options.out.empty()) {
    fmt::print("{}", text);
  } else if (auto written = replace_file(options.out, text); !written) {
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
