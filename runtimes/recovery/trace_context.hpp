// W3C Trace Context: the `traceparent` header.
#pragma once

#include <string>
#include <string_view>

namespace gauntlet::recovery {

inline constexpr std::string_view traceparent_header = "traceparent";

/// The 32 hexadecimal digits of the trace id; empty if that is no traceparent of version 00.
std::string_view trace_id_of(std::string_view traceparent);
/// A new trace, sampled; any thread.
std::string new_traceparent();

}  // namespace gauntlet::recovery
