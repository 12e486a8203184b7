// The Date header.
#pragma once

#include <string_view>

namespace gauntlet::http {

/// "Date: ...\r\n", of this second. Rendered once a second at most, when somebody asks: no timer keeps an idle server
/// awake. Valid until the next call on the same thread.
std::string_view date_line() noexcept;

}  // namespace gauntlet::http
