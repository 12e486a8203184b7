#include "runtimes/recovery/trace_context.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <random>

namespace gauntlet::recovery {

namespace {

constexpr std::size_t size = 55;  // 00-TRACE-PARENT-FLAGS
constexpr std::size_t trace_at = 3, trace_size = 32, parent_at = 36, parent_size = 16, flags_at = 53;

bool is_hex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == std::string_view::npos; }
bool is_zero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

}  // namespace

std::string_view trace_id_of(std::string_view traceparent) {
  if (traceparent.size() != size || !traceparent.starts_with("00-")) return {};
  if (traceparent[parent_at - 1] != '-' || traceparent[flags_at - 1] != '-') return {};
  const std::string_view trace = traceparent.substr(trace_at, trace_size);
  const std::string_view parent = traceparent.substr(parent_at, parent_size);
  if (!is_hex(trace) || is_zero(trace) || !is_hex(parent) || is_zero(parent)) return {};
  return is_hex(traceparent.substr(flags_at)) ? trace : std::string_view();
}

std::string new_traceparent() {
  thread_local std::mt19937_64 random([] {
    std::random_device source;
    return std::uint64_t{source()} << 32 | source();
  }());
  return fmt::format("00-{:016x}{:016x}-{:016x}-01", random(), random() | 1, random() | 1);
}

}  // namespace gauntlet::recovery
