#include "harness/measure/process_sample.hpp"

#include <dirent.h>
#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <memory>

#include "harness/measure/monotonic_clock.hpp"
#include "harness/measure/proc_text.hpp"

namespace gauntlet {
namespace {

std::uint64_t difference(std::uint64_t before, std::uint64_t after) { return after > before ? after - before : 0; }

void add_migrations(const std::string& thread_directory, ProcessSample& sample) {
  const auto sched = read_text(thread_directory + "/sched");
  const auto count = sched ? number_after(*sched, "se.nr_migrations") : std::nullopt;
  if (count) sample.migrations = sample.migrations.value_or(0) + *count;
}

/// Both minor and major ones, from the words behind the program's name, which may hold spaces and brackets.
std::uint64_t page_faults_in(std::string_view stat) {
  constexpr int minor = 8, major = 10;  // places behind the name; proc(5)
  std::uint64_t faults = 0;
  std::size_t at = stat.rfind(')');
  for (int place = 1; at != std::string_view::npos && place <= major; ++place) {
    at = stat.find(' ', at + 1);
    if (at == std::string_view::npos || (place != minor && place != major)) continue;
    std::uint64_t count = 0;
    std::from_chars(stat.data() + at + 1, stat.data() + stat.size(), count);
    faults += count;
  }
  return faults;
}

void add_threads(const std::string& process_directory, ProcessSample& sample) {
  const std::string tasks = process_directory + "/task";
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(tasks.c_str()), closedir);
  if (!directory) return;
  while (const dirent* entry = readdir(directory.get())) {
    if (entry->d_name[0] == '.') continue;
    // A thread may end between the listing and the reading; its switches are lost with it.
    const std::string thread = fmt::format("{}/{}", tasks, entry->d_name);
    const auto status = read_text(thread + "/status");
    if (!status) continue;
    sample.voluntary_switches += number_after(*status, "voluntary_ctxt_switches").value_or(0);
    sample.involuntary_switches += number_after(*status, "nonvoluntary_ctxt_switches").value_or(0);
    add_migrations(thread, sample);
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
  sample.page_faults = page_faults_in(read_text(directory + "/stat").value_or(""));
  add_threads(directory, sample);
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
  consumed.page_faults = difference(before.page_faults, after.page_faults);
  if (before.migrations && after.migrations) {
    consumed.migrations = static_cast<double>(difference(*before.migrations, *after.migrations));
  }
  return consumed;
}

}  // namespace gauntlet
