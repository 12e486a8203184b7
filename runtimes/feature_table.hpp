// What each runtime offers, as the page about them shows it.
#pragma once

#include <string>

namespace gauntlet {

/// Markdown: a row for each feature, a column for each runtime, and below it why what is missing is missing. From the
/// registry; runtimes/README.md holds it between the two marks.
std::string feature_table();

inline constexpr const char* feature_table_begins =
    "<!-- Made by `gauntlet list runtimes --markdown`; a test compares. -->\n";
inline constexpr const char* feature_table_ends = "<!-- The end of what is made. -->\n";

}  // namespace gauntlet
