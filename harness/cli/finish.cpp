#include "harness/cli/finish.hpp"

#include <fmt/format.h>

#include <functional>

#include "harness/cli/merged_percentiles.hpp"
#include "harness/stats/summary_json.hpp"
#include "harness/subject/child_process.hpp"
#include "harness/subject/pump.hpp"
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
  auto python = ChildProcess::start({.program = kPython, .arguments = {script.string(), results.string()}, .cpus = {}});
  if (!python) return std::unexpected(python.error());
  python->close_input();
  Pump pump(interrupt_fd);
  TextTail said;
  bool ended = false;
  pump.read(python->output_fd(), [](std::string_view) {});
  pump.read(python->error_fd(), [&said](std::string_view text) { said.append(text); });
  pump.watch(python->end_fd(), [&ended] { ended = true; });
  if (!pump.wait(Pump::Clock::now() + kReportLimit, [&ended] { return ended; })) {
    return std::unexpected("the report was not made within five minutes");
  }
  pump.drain();
  const ExitStatus status = python->reap();
  if (!status.clean()) {
    return std::unexpected(fmt::format("the report could not be made: {} {}: {}", script.filename().string(),
                                       describe(status), said.text()));
  }
  return results / "report.html";
}

}  // namespace gauntlet
