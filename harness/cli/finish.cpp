#include "harness/cli/finish.hpp"

#include <fmt/format.h>

#include <functional>

#include "harness/cli/merged_percentiles.hpp"
#include "harness/stats/summary_json.hpp"
#include "harness/subject/run_program.hpp"
#include "harness/subject/text_tail.hpp"

namespace gauntlet {
namespace {

/// The interpreter that Debian's packages (matplotlib, Jinja2) install for.
constexpr const char* kPython = "/usr/bin/python3";
constexpr std::chrono::minutes kReportLimit{5};

}  // namespace

std::expected<Summary, std::string> summarise_results(const ResultsDirectory& results) {
  MergedPercentiles percentiles(results.path());
  Summary summary = summarise(results.plan(), results.environment(), results.records(), std::ref(percentiles));
  for (const std::string& problem : percentiles.problems()) fmt::print(stderr, "gauntlet: {}\n", problem);
  if (auto written = results.write_derived("summary.json", to_json(summary)); !written) {
    return std::unexpected(written.error());
  }
  return summary;
}

std::expected<std::filesystem::path, std::string> make_report(const std::vector<std::string>& arguments,
                                                              int interrupt_fd) {
  const auto script = std::filesystem::path(GAUNTLET_SOURCE_DIR) / "reports" / "make_report.py";
  std::vector<std::string> command = {kPython, script.string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const auto python = run_program(command, kReportLimit, interrupt_fd);
  if (!python) return std::unexpected("the report was not made: " + python.error());
  if (!python->status.clean()) {
    TextTail said;
    said.append(python->errors);
    return std::unexpected(fmt::format("the report could not be made: {} {}: {}", script.filename().string(),
                                       describe(python->status), said.text()));
  }
  std::string path = python->output;
  while (path.ends_with('\n')) path.pop_back();
  return path;
}

}  // namespace gauntlet
