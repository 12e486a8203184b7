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

std::expected<std::filesystem::path, std::string> make_report(const std::filesystem::path& results, int interrupt_fd) {
  const auto script = std::filesystem::path(GAUNTLET_SOURCE_DIR) / "reports" / "make_report.py";
  const auto python = run_program({kPython, script.string(), results.string()}, kReportLimit, interrupt_fd);
  if (!python) return std::unexpected("the report was not made: " + python.error());
  if (!python->status.clean()) {
    TextTail said;
    said.append(python->errors);
    return std::unexpected(fmt::format("the report could not be made: {} {}: {}", script.filename().string(),
                                       describe(python->status), said.text()));
  }
  return results / "report.html";
}

}  // namespace gauntlet
