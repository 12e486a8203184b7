// Results for other tools: the one table of formats.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "harness/stats/summary.hpp"

namespace gauntlet {

/// Of a run that was sampled (--profile).
struct ProfiledRun {
  std::string cell, runtime;
  std::string folded;  ///< its stacks
};

struct ExportFormat {
  std::string_view name;
  std::string_view description;
  std::string_view example;                                  ///< a command line
  bool takes_several = false;                                ///< results directories, one row each
  std::string (*write)(std::span<const Summary> summaries);  ///< pure; at least one; null where profiles are written
  std::string (*write_profiles)(std::span<const ProfiledRun> runs) = nullptr;  ///< in place of `write`, as pure
};

std::span<const ExportFormat> all_export_formats();

/// The error names near matches.
std::expected<const ExportFormat*, std::string> export_format_named(std::string_view name);

}  // namespace gauntlet
