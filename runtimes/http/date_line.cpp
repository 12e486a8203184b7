#include "runtimes/http/date_line.hpp"

#include <time.h>

#include <array>
#include <cstdio>

namespace gauntlet::http {

namespace {

struct Rendered {
  time_t second = -1;
  std::array<char, 64> text{};
  std::size_t size = 0;
};

// Names are written out here because strftime's follow the locale.
void render(Rendered& line, time_t second) noexcept {
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  tm parts{};
  gmtime_r(&second, &parts);
  const int size = std::snprintf(line.text.data(), line.text.size(), "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
                                 days[parts.tm_wday], parts.tm_mday, months[parts.tm_mon], parts.tm_year + 1900,
                                 parts.tm_hour, parts.tm_min, parts.tm_sec);
  line.size = static_cast<std::size_t>(size);
  line.second = second;
}

}  // namespace

std::int64_t current_second() noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return now.tv_sec;
}

std::string_view date_line(std::int64_t second) noexcept {
  constinit thread_local Rendered line;
  if (second != line.second) render(line, second);
  return {line.text.data(), line.size};
}

}  // namespace gauntlet::http
