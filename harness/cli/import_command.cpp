#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/commands.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/import/google_benchmark_import.hpp"
#include "harness/store/durable_file.hpp"
#include "harness/store/results_directory.hpp"

namespace gauntlet {
namespace {

struct ImportOptions {
  std::vector<std::string> files;
  std::string out;
};

constexpr const char* kImportHelp = R"(Examples:
  ./bench --benchmark_out=1.json --benchmark_out_format=json --benchmark_repetitions=12
  gauntlet import 1.json --out results/before
  gauntlet import after-*.json --out results/after        # a file for each round
  gauntlet compare results/before results/after

A benchmark becomes a cell, a repetition a round. Rounds are compared pair by pair where the two programs were started in
turn, a file each; otherwise by their ranks.

Exit codes: 0 written, 2 usage or not what Google Benchmark writes, 3 the results could not be written.)";

int import_files(const ImportOptions& options, const std::string& typed) {
  std::vector<NamedText> files;
  for (const std::string& path : options.files) {
    auto text = read_file(path);
    if (!text) return complain(text.error(), kUsage);
    files.push_back({path, std::move(*text)});
  }
  auto imported = import_google_benchmark(files);
  if (!imported) return complain(imported.error(), kUsage);
  imported->plan.command = typed;
  auto results = ResultsDirectory::create(options.out, std::move(imported->plan), imported->environment);
  if (!results) return complain(results.error(), kUsage);
  for (const RunRecord& record : imported->records) {
    if (auto kept = results->append(record); !kept) return complain(kept.error(), kNotMeasured);
  }
  fmt::print("{} runs in {}\n", imported->records.size(), options.out);
  return kEveryMustHeld;
}

}  // namespace

void add_import_command(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("import", "Makes a results directory of what Google Benchmark wrote");
  command->footer(kImportHelp);
  auto options = std::make_shared<ImportOptions>();
  command->add_option("files", options->files, "Its JSON files, oldest first")->required();
  command->add_option("--out,-o", options->out, "New folder for the results")->required();
  command->callback([options, &context] { context.exit_code = import_files(*options, context.typed); });
}

}  // namespace gauntlet
