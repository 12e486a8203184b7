// From a results directory to summary.json and report.html.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "harness/stats/summary.hpp"
#include "harness/store/results_directory.hpp"

namespace gauntlet {

/// Computes the summary and writes summary.json. What could not be read is told on standard error.
std::expected<Summary, std::string> summarise_results(const ResultsDirectory& results);

/// Runs reports/make_report.py on the directory; returns the path of the page. Throws Interrupted.
std::expected<std::filesystem::path, std::string> make_report(const std::filesystem::path& results, int interrupt_fd);

}  // namespace gauntlet
