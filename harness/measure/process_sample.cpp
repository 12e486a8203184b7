#include "harness/measure/process_sample.hpp"

#include <dirent.h>
#include <fmt/format.h>

#include <cstring>
#include <memory>

#include "harness/measure/monotonic_clock.hpp"
#include "harness/measure/proc_text.hpp"

namespace gauntlet {
namespace {

std::uint64_t difference(std::uint64_t before, std::uint64_t after) { return after > before ? after - before : 0; }

void add_switches_of_threads(const std::string& process_directory, ProcessSample& sample) {
  const std::string tasks = process_directory + "/task";
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(tasks.c_str()), closedir);
  if (!directory) return;
  while (const dirent* entry = readdir(directory.get())) {
    if (entry->d_name[0] == '.') continue;
    // A thread may end between the listing and the reading; its switches are lost with it.
    const auto status = read_text(fmt::format("{}/{}/status", tasks, entry->d_name));
    if (!status) continue;
    sample.voluntary_switches += number_after(*status, "voluntary_ctxt_switches").value_or(0);
    sample.involuntary_switches += number_after(*status, "nonvoluntary_ctxt_switches").value_or(0);
  }
}

}  // namespace

std::expected<std::int64_t, std::string> process_cpu_ns(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  int error = clock_getcpuclockid(pid, &clock);
  if (error == 0 && clock_gettime(clock, &used) != 0) error = errno;
  if (error != 0) return std::unexpected(fmt::format("process {}: its CPU clock: {}", pid, std::strerror(error)));
  return std::int64_t{used.tv_sec} * 1'000'000'000 + used.tv_nsec;
}

std::int64_t own_process_cpu_ns() { return clock_ns(CLOCK_PROCESS_CPUTIME_ID); }

std::int64_t own_thread_cpu_ns() { return clock_ns(CLOCK_THREAD_CPUTIME_ID); }

std::expected<ProcessSample, std::string> sample_process(pid_t pid) {
  ProcessSample sample;
  sample.taken_ns = monotonic_ns();
  const auto cpu_ns = process_cpu_ns(pid);
  if (!cpu_ns) return std::unexpected(cpu_ns.error());
  sample.cpu_ns = *cpu_ns;

  const std::string directory = fmt::format("/proc/{}", pid);
  const auto status = read_text(directory + "/status");
  if (!status) return std::unexpected(fmt::format("process {}: it has ended", pid));
  sample.rss_bytes = number_after(*status, "VmRSS").value_or(0) * 1024;
  sample.rss_peak_bytes = number_after(*status, "VmHWM").value_or(0) * 1024;
  add_switches_of_threads(directory, sample);
  return sample;
}

Consumption consumption_between(const ProcessSample& before, const ProcessSample& after) {
  Consumption consumed;
  consumed.window_s = static_cast<double>(after.taken_ns - before.taken_ns) / 1e9;
  consumed.cpu_s = static_cast<double>(after.cpu_ns - before.cpu_ns) / 1e9;
  consumed.voluntary_switches = difference(before.voluntary_switches, after.voluntary_switches);
  consumed.involuntary_switches = difference(before.involuntary_switches, after.involuntary_switches);
  consumed.rss_bytes = after.rss_bytes;
  consumed.rss_peak_bytes = after.rss_peak_bytes;
  return consumed;
}

}  // namespace gauntlet
