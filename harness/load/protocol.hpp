// What goes into and comes out of the load generator's process: one JSON object each way.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/measure/resource_lanes.hpp"
#include "scenarios/bench.hpp"

namespace gauntlet {

struct LoadRequest {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  LoadPlan plan;                 ///< its texts are UTF-8
  std::int32_t subject_pid = 0;  ///< whose consumption is sampled over the window; 0: nobody's
  std::vector<int> cpus;         ///< the generator stays on these; empty: wherever the kernel puts it
  std::uint32_t threads = 1;     ///< connections and arrivals are dealt out to them
};

/// The window by parts, which begin every plan.timeline_interval_s.
struct LoadTimeline {
  std::vector<std::string> latency;     ///< histograms as below, of an open loop's requests by when they were due
  std::vector<ResourceInterval> lanes;  ///< what the subject consumed
};

struct LoadResult {
  LoadOutcome outcome;
  std::string corrected_histogram;                   ///< HdrHistogram V2, compressed, base64; nanoseconds
  std::string uncorrected_histogram;                 ///< the same
  std::map<std::string, std::uint64_t> error_kinds;  ///< adds up to outcome.errors; only kinds that occurred
  double generator_spin_s = 0;                       ///< waited for in a loop; not in outcome.generator_cpu_s
  std::int64_t window_start_ns = 0;                  ///< on the monotonic clock of the machine
  LoadTimeline timeline;
};

std::string encode_plan(const LoadRequest& request);
/// Keys that are left out keep their defaults (but `port`, which must be there). The error is one sentence that names
/// the key and what is allowed; a decoded request is always valid.
std::expected<LoadRequest, std::string> decode_plan(std::string_view json);
/// One sentence on the first value that the generator cannot work with; empty when it can.
std::string why_invalid(const LoadRequest& request);

std::string encode_result(const LoadResult& result);
std::string encode_failure(std::string_view sentence);
/// The error is the generator's own sentence when it failed, or one that says what is wrong with the JSON.
std::expected<LoadResult, std::string> decode_result(std::string_view json);

}  // namespace gauntlet
