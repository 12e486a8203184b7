#include "harness/export/export_format.hpp"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "harness/export/writers.hpp"
#include "runtimes/contract/near_matches.hpp"

namespace gauntlet {
namespace {

template <std::string (*writer)(const Summary&)>
std::string first_of(std::span<const Summary> summaries) {
  return writer(summaries.front());
}

constexpr std::array kFormats = {
    ExportFormat{"junit", "JUnit XML: a test case per runtime and cell; failure, error and skipped kept apart",
                 "gauntlet export results/DIR --format junit --out junit.xml", false, first_of<junit_xml>},
    ExportFormat{"google-benchmark", "what Google Benchmark writes, for its compare.py and for whatever reads that",
                 "gauntlet export results/DIR --format google-benchmark --out benchmark.json", false,
                 first_of<google_benchmark_json>},
    ExportFormat{"otava-csv", "CSV for Apache Otava: a row per results directory, oldest first",
                 "gauntlet export results/* --format otava-csv --out otava.csv", true, otava_csv},
    ExportFormat{"openmetrics", "OpenMetrics text, for Prometheus (textfile collector)",
                 "gauntlet export results/DIR --format openmetrics --out gauntlet.prom", false,
                 first_of<openmetrics_text>},
    ExportFormat{"bencher", "Bencher Metric Format, for `bencher run --adapter json --file FILE`",
                 "gauntlet export results/DIR --format bencher --out bencher.json", false, first_of<bencher_json>},
    ExportFormat{"github-smaller-is-better", "github-action-benchmark, tool customSmallerIsBetter",
                 "gauntlet export results/DIR --format github-smaller-is-better --out smaller.json", false,
                 first_of<github_smaller_is_better_json>},
    ExportFormat{"github-bigger-is-better", "github-action-benchmark, tool customBiggerIsBetter",
                 "gauntlet export results/DIR --format github-bigger-is-better --out bigger.json", false,
                 first_of<github_bigger_is_better_json>},
    ExportFormat{"markdown", "tables for a pull request or a step summary",
                 "gauntlet export results/DIR --format markdown >> \"$GITHUB_STEP_SUMMARY\"", false,
                 first_of<markdown_tables>},
    ExportFormat{"folded", "folded stacks of a bench with --profile, for flamegraph.pl, inferno and speedscope",
                 "gauntlet export results/DIR --format folded | flamegraph.pl > flames.svg", false, nullptr,
                 folded_stacks},
};

}  // namespace

std::span<const ExportFormat> all_export_formats() { return kFormats; }

std::expected<const ExportFormat*, std::string> export_format_named(std::string_view name) {
  std::vector<std::string> names;
  for (const ExportFormat& format : kFormats) {
    if (format.name == name) return &format;
    names.emplace_back(format.name);
  }
  const auto near = near_matches(name, names);
  return std::unexpected(near.empty()
                             ? fmt::format("unknown format '{}'; known are: {}", name, fmt::join(names, ", "))
                             : fmt::format("unknown format '{}'; did you mean {}?", name, fmt::join(near, " or ")));
}

}  // namespace gauntlet
