#include "harness/measure/resource_lanes.hpp"

#include <fmt/format.h>

#include <cassert>

namespace gauntlet {

ResourceInterval interval_between(const ProcessSample& before, const ProcessSample& after,
                                  std::int64_t window_start_ns) {
  const Consumption consumed = consumption_between(before, after);
  return {.start_s = static_cast<double>(before.taken_ns - window_start_ns) / 1e9,
          .length_s = consumed.window_s,
          .cpu_s = consumed.cpu_s,
          .rss_bytes = consumed.rss_bytes,
          .voluntary_switches = consumed.voluntary_switches,
          .involuntary_switches = consumed.involuntary_switches};
}

std::string format_lanes(const std::vector<ResourceLanes>& lanes) {
  std::string text = "tag,start_s,length_s,cpu_s,rss_bytes,voluntary_switches,involuntary_switches\n";
  for (const ResourceLanes& of_load : lanes) {
    assert(of_load.tag.find_first_of(", \t\r\n") == std::string::npos);
    for (const ResourceInterval& one : of_load.intervals) {
      text += fmt::format("{},{:.3f},{:.3f},{:.6f},{},{},{}\n", of_load.tag, one.start_s, one.length_s, one.cpu_s,
                          one.rss_bytes, one.voluntary_switches, one.involuntary_switches);
    }
  }
  return text;
}

}  // namespace gauntlet
