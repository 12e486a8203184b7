// The Date header.
#pragma once

#include <cstdint>
#include <string_view>

namespace gauntlet::http {

/// The seconds of the system's clock since 1970, a tick of the kernel old at most: the exact clock costs more.
std::int64_t current_second() noexcept;

/// "Date: ...\r\n", of that second. Rendered when somebody asks for a second that the thread did not ask for before: no
/// timer keeps an idle server awake. Valid until the next call on the same thread.
std::string_view date_line(std::int64_t second) noexcept;

}  // namespace gauntlet::http
