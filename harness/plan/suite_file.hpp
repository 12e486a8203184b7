// Suites as TOML files (scenarios/suites/*.toml; the keys are explained in scenarios/suites/README.md).
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/plan/suite.hpp"

namespace gauntlet {

/// `file` is what errors call the text; the suite's name is its stem. An error is one line, "FILE:LINE: WHAT": a syntax
/// error, an unknown key (with near matches), a value of the wrong type or out of range.
std::expected<Suite, std::string> parse_suite(std::string_view text, const std::string& file);

/// Names of the suites in a folder, sorted.
std::vector<std::string> suite_names(const std::filesystem::path& folder);

/// `name` is a suite of the folder, or the path of a file that ends in `.toml`. The error for an unknown name lists
/// near matches.
std::expected<Suite, std::string> load_suite(const std::filesystem::path& folder, const std::string& name);

}  // namespace gauntlet
