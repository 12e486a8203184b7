// What the loop says about itself.
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include "runtimes/io_uring/uring_loop.hpp"

namespace gauntlet {

namespace {

std::string how_completions_come(const Ring& ring) {
  if (ring.polls()) return "single issuer, a kernel thread submits and completes";
  return ring.defers_completions() ? "single issuer, deferred completions" : "single issuer, cooperative completions";
}

/// What was asked for, and what became of it.
Setting optional_setting(const char* name, bool is_asked, bool is_had, std::string how, const char* refusal) {
  if (!is_asked) return {name, "false"};
  return {name, is_had ? "true" : "false", is_had ? std::move(how) : std::string(refusal)};
}

/// Threads that the kernel keeps for rings stand among those of the process, under names of their own.
std::uint64_t kernel_threads_of_process() noexcept {
  std::uint64_t count = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator at("/proc/self/task", error), end; !error && at != end;
       at.increment(error)) {
    std::ifstream file(at->path() / "comm");
    std::string name;
    if (file >> name && name.starts_with("iou-")) ++count;
  }
  return count;
}

}  // namespace

EffectiveConfig UringLoop::own_settings() const {
  const std::uint32_t buffers = BufferRing::usable_count(config_.buffers_per_worker);
  const bool lacks_deferral = !ring_->defers_completions() && !ring_->polls();
  const std::string from = "sends of " + std::to_string(config_.zero_copy_bytes) + " bytes or more";
  const std::string slots = std::to_string(ring_->file_slots()) + " slots";
  return {
      {"backend", "io_uring"},
      {"worker_threads", std::to_string(whole_->workers())},
      {"idle", "block"},
      {"files", "native", "io_uring requests; what would block runs on kernel threads"},
      {"ring", how_completions_come(*ring_),
       lacks_deferral ? "the kernel is older than 6.1 and cannot defer completions" : ""},
      {"wake_ups", ring_->has_messages() ? "messages between rings, eventfd from outside" : "eventfd",
       ring_->has_messages() ? "" : "the kernel's io_uring has no messages between rings"},
      optional_setting("zero_copy_io", config_.zero_copy_io, sends_zero_copy(), from,
                       "not_supported: sends that tell what was copied came with Linux 6.3"),
      optional_setting("sqpoll", config_.sqpoll, ring_->polls(), "one kernel thread a worker, asleep when idle", ""),
      optional_setting("registered_files", config_.registered_files, ring_->file_slots() > 0, slots,
                       "not_supported: the kernel refuses a table of files"),
      {"submission_entries", std::to_string(Ring::submission_entries)},
      {"completion_entries", std::to_string(Ring::completion_entries)},
      {"buffer_bytes", std::to_string(config_.buffer_bytes)},
      {"buffers_per_worker", std::to_string(buffers),
       buffers != config_.buffers_per_worker ? "a buffer ring has a power of two of entries, at most 32768" : ""}};
}

void UringLoop::add_of_process(RuntimeMetrics& total) noexcept { total.kernel_threads = kernel_threads_of_process(); }

RuntimeMetrics UringLoop::metrics() const noexcept {
  RuntimeMetrics total;
  total.add(worker_.counters);
  add_of_process(total);
  return total;
}

}  // namespace gauntlet
