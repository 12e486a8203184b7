// Base64 as in RFC 4648, section 4, with padding.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gauntlet {

std::string encode_base64(std::string_view bytes);
/// Nothing when the text is not exactly what encode_base64 could have written.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace gauntlet
