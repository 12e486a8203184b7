// Reading of the small text files in which Linux tells about itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gauntlet {

/// The whole file, or nothing when it cannot be read. Files here are small; at most 1 MiB is read.
std::optional<std::string> read_text(const std::string& path);
/// The same without white space at its ends.
std::optional<std::string> read_word(const std::string& path);

/// Without the white space at both ends.
std::string_view trimmed(std::string_view text);
/// The number that follows `label` at the start of a line ("VmRSS:\t  123 kB" -> 123).
std::optional<std::uint64_t> number_after(std::string_view text, std::string_view label);
/// The rest of the line that starts with `label`, without colon and white space around it.
std::optional<std::string> line_after(std::string_view text, std::string_view label);

}  // namespace gauntlet
