#include "harness/cli/utc_time.hpp"

#include <fmt/chrono.h>

#include <ctime>

namespace gauntlet {

std::string utc_time() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

std::string utc_stamp() { return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::time(nullptr))); }

}  // namespace gauntlet
