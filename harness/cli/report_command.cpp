#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/commands.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/finish.hpp"
#include "harness/cli/interrupt.hpp"
#include "harness/cli/summary_table.hpp"
#include "harness/subject/pump.hpp"

namespace gauntlet {
namespace {

constexpr const char* kExamples = R"(Examples:
  gauntlet report results/20260131T120000Z-quick
  gauntlet report results/*

summary.json and report.html are made again from what was measured; nothing else is touched.

Exit codes: 0 made, 2 not a results directory, 3 the report could not be made, 130 interrupted.)";

int report(const std::vector<std::string>& directories) {
  const Interrupt interrupt;
  for (const std::string& directory : directories) {
    const auto results = ResultsDirectory::open_for_reading(directory);
    if (!results) return complain(results.error(), kUsage);
    if (!results->notice().empty()) fmt::print(stderr, "gauntlet: {}\n", results->notice());
    const auto summary = summarise_results(*results);
    if (!summary) return complain(summary.error(), kNotMeasured);
    fmt::print("{}", summary_table(*summary));
    std::fflush(stdout);
    try {
      const auto page = make_report(results->path(), interrupt.fd());
      if (!page) return complain(page.error(), kNotMeasured);
      fmt::print("\nreport: {}\n", page->string());
    } catch (const Interrupted&) {
      return kInterrupted;
    }
  }
  return kEveryMustHeld;
}

}  // namespace

void add_report_command(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("report", "Makes the report of results again");
  command->footer(kExamples);
  auto directories = std::make_shared<std::vector<std::string>>();
  command->add_option("directories", *directories, "Results directories")->required();
  command->callback([directories, &context] { context.exit_code = report(*directories); });
}

}  // namespace gauntlet
