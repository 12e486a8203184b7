#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/commands.hpp"
#include "harness/cli/compared_directories.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/store/results_directory.hpp"

namespace gauntlet {
namespace {

struct CompareOptions {
  std::string a, b;
  std::vector<std::string> metrics;
  bool json = false;
};

constexpr const char* kCompareHelp = R"(Examples:
  gauntlet compare results/before results/after
  gauntlet compare results/before results/after --metric latency_p99_us --json

Both have to come from the same machine and build type; the revision may differ. Rounds that were run in turn are
compared pair by pair, others by their ranks. Every word is said of B.

Exit codes: 0 nothing is slower in B, 1 something is, 2 not comparable or usage, 3 something could not be told.)";

int compare(const CompareOptions& options) {
  const auto a = ResultsDirectory::open_for_reading(options.a);
  if (!a) return complain(a.error(), kUsage);
  const auto b = ResultsDirectory::open_for_reading(options.b);
  if (!b) return complain(b.error(), kUsage);
  for (const auto* results : {&*a, &*b}) {
    if (!results->notice().empty()) fmt::print(stderr, "gauntlet: {}\n", results->notice());
  }
  const auto compared = compare_directories(*a, *b, options.metrics);
  if (!compared) return complain(compared.error(), kUsage);
  fmt::print("{}", options.json ? compared->json() : comparison_table(compared->comparison, compared->a, compared->b));
  return compared->exit_code;
}

}  // namespace

void add_compare_command(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("compare", "Holds two results directories against one another");
  command->footer(kCompareHelp);
  auto options = std::make_shared<CompareOptions>();
  command->add_option("a", options->a, "Results directory: before")->required();
  command->add_option("b", options->b, "Results directory: after")->required();
  command->add_option("--metric,-m", options->metrics, "Metric to compare (those of A's plan)")
      ->allow_extra_args(false);
  command->add_flag("--json", options->json, "One JSON object in place of the table");
  command->callback([options, &context] { context.exit_code = compare(*options); });
}

}  // namespace gauntlet
