#include "harness/measure/event_counters.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <utility>

#include "harness/measure/proc_text.hpp"

namespace gauntlet {
namespace {

std::vector<pid_t> threads_of(pid_t pid) {
  std::vector<pid_t> threads;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(fmt::format("/proc/{}/task", pid).c_str()), closedir);
  while (const dirent* entry = directory ? readdir(directory.get()) : nullptr) {
    pid_t thread = 0;
    const char* const end = entry->d_name + std::strlen(entry->d_name);
    if (std::from_chars(entry->d_name, end, thread).ptr == end && thread > 0) threads.push_back(thread);
  }
  return threads;
}

std::optional<std::uint64_t> tracepoint_id() {
  for (const char* mount : {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}) {
    const auto text = read_word(std::string(mount) + "/events/raw_syscalls/sys_enter/id");
    std::uint64_t id = 0;
    if (text && std::from_chars(text->data(), text->data() + text->size(), id).ec == std::errc()) return id;
  }
  return std::nullopt;
}

}  // namespace

std::optional<double> events_between(const std::optional<double>& before, const std::optional<double>& after) {
  if (!before || !after) return std::nullopt;
  return *after - *before;
}

EventCounters::EventCounters(pid_t pid) {
  const std::vector<pid_t> threads = threads_of(pid);
  open_system_calls(threads);
  open_hardware(threads);
}

EventCounters::~EventCounters() {
  for (const Event* event : {&system_calls_, &cycles_, &instructions_}) {
    for (const int fd : *event) close(fd);
  }
}

int EventCounters::open(std::uint32_t type, std::uint64_t config, const std::vector<pid_t>& threads, Event& event) {
  perf_event_attr attributes{};
  attributes.size = sizeof attributes;
  attributes.type = type;
  attributes.config = config;
  attributes.inherit = 1;
  int error = threads.empty() ? ESRCH : 0;
  for (const pid_t thread : threads) {
    const long fd = syscall(SYS_perf_event_open, &attributes, thread, -1, -1, PERF_FLAG_FD_CLOEXEC);
    if (fd >= 0) {
      event.push_back(static_cast<int>(fd));
    } else if (errno != ESRCH) {  // a thread that has ended since counts nothing
      error = errno;
    }
  }
  if (error == 0) return 0;
  for (const int fd : std::exchange(event, {})) close(fd);
  return error;
}

void EventCounters::open_system_calls(const std::vector<pid_t>& threads) {
  const auto id = tracepoint_id();
  if (!id) {
    why_absent_ =
        "system calls: the kernel's tracepoints cannot be read (as root: mount -t tracefs tracefs "
        "/sys/kernel/tracing)";
    return;
  }
  const int error = open(PERF_TYPE_TRACEPOINT, *id, threads, system_calls_);
  if (error != 0) {
    why_absent_ = fmt::format("system calls: {} (as root: sysctl kernel.perf_event_paranoid=-1)", std::strerror(error));
  }
}

void EventCounters::open_hardware(const std::vector<pid_t>& threads) {
  int error = open(PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, threads, cycles_);
  if (error == 0) error = open(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, threads, instructions_);
  if (error == 0) return;
  for (const int fd : std::exchange(cycles_, {})) close(fd);
  if (!why_absent_.empty()) why_absent_ += "; ";
  const bool is_missing = error == ENOENT || error == EOPNOTSUPP || error == ENODEV;
  why_absent_ += is_missing ? "cycles and instructions: this machine offers no hardware counters, as is usual in a "
                              "virtual one"
                            : fmt::format("cycles and instructions: {} (as root: sysctl kernel.perf_event_paranoid=1)",
                                          std::strerror(error));
}

std::optional<double> EventCounters::sum(const Event& event) {
  if (event.empty()) return std::nullopt;
  double total = 0;
  for (const int fd : event) {
    std::uint64_t count = 0;
    if (::read(fd, &count, sizeof count) != sizeof count) return std::nullopt;
    total += static_cast<double>(count);
  }
  return total;
}

EventCounts EventCounters::read() const {
  return {.system_calls = sum(system_calls_), .cycles = sum(cycles_), .instructions = sum(instructions_)};
}

}  // namespace gauntlet
