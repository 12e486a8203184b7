#include "harness/measure/machine_sample.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "harness/measure/monotonic_clock.hpp"
#include "harness/measure/proc_text.hpp"

namespace gauntlet {
namespace {

// Order of the columns of the `cpu` line, from proc(5). Guest time stands after them and is part of user time.
enum Column { kUser, kNice, kSystem, kIdle, kIowait, kIrq, kSoftirq, kSteal, kColumns };

int count_cpu_lines(std::string_view stat) {
  int count = 0;
  for (std::size_t at = stat.find("\ncpu"); at != std::string_view::npos; at = stat.find("\ncpu", at + 1)) ++count;
  return std::max(count, 1);
}

}  // namespace

std::expected<MachineSample, std::string> parse_machine_sample(std::string_view stat, double ticks_per_s) {
  const auto line = line_after(stat, "cpu ");
  if (!line) return std::unexpected("/proc/stat: it has no line `cpu`");
  std::array<double, kColumns> seconds{};
  const char* at = line->data();
  const char* const end = at + line->size();
  for (double& column : seconds) {
    while (at != end && *at == ' ') ++at;
    std::uint64_t ticks = 0;
    const auto [next, error] = std::from_chars(at, end, ticks);
    if (error != std::errc()) return std::unexpected("/proc/stat: its line `cpu` has fewer than eight numbers");
    at = next;
    column = static_cast<double>(ticks) / ticks_per_s;
  }
  MachineSample sample;
  sample.busy_s = seconds[kUser] + seconds[kNice] + seconds[kSystem] + seconds[kIrq] + seconds[kSoftirq];
  sample.steal_s = seconds[kSteal];
  sample.cpus = count_cpu_lines(stat);
  return sample;
}

std::expected<MachineSample, std::string> sample_machine() {
  const std::int64_t now_ns = monotonic_ns();
  const auto stat = read_text("/proc/stat");
  if (!stat) return std::unexpected("/proc/stat: cannot be read; is /proc mounted?");
  auto sample = parse_machine_sample(*stat, static_cast<double>(sysconf(_SC_CLK_TCK)));
  if (sample) sample->taken_ns = now_ns;
  return sample;
}

ForeignCpu foreign_cpu(const MachineSample& before, const MachineSample& after, double own_cpu_s) {
  const double capacity_s = static_cast<double>(after.taken_ns - before.taken_ns) / 1e9 * after.cpus;
  if (capacity_s <= 0) return {};
  ForeignCpu foreign;
  foreign.busy_share = std::clamp((after.busy_s - before.busy_s - own_cpu_s) / capacity_s, 0.0, 1.0);
  foreign.steal_share = std::clamp((after.steal_s - before.steal_s) / capacity_s, 0.0, 1.0);
  return foreign;
}

}  // namespace gauntlet
