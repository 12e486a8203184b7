// From a results directory to summary.json and report.html.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/stats/summary.hpp"
#include "harness/store/results_directory.hpp"

namespace gauntlet {

/// Computes the summary and writes summary.json. What could not be read is told on standard error.
std::expected<Summary, std::string> summarise_results(const ResultsDirectory& results);

/// Runs reports/make_report.py with these arguments, results directories among them; returns the path of what it
/// made. Throws Interrupted.
std::expected<std::filesystem::path, std::string> make_report(const std::vector<std::string>& arguments,
                                                              int interrupt_fd);

}  // namespace gauntlet
