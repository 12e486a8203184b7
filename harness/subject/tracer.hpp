// Counts the system calls of a running process by ptrace, where the kernel's own counters are out of reach.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/subject/child_process.hpp"
#include "harness/subject/pump.hpp"

namespace gauntlet {

/// strace(1) on a process, all of its threads included. Each system call stops the process twice: what it does is
/// counted rightly, how fast it does it is not. Destroying detaches.
class Tracer {
 public:
  /// Returns once the process is traced. The error is one sentence. `pump` outlives it.
  static std::expected<std::unique_ptr<Tracer>, std::string> attach(pid_t pid, Pump& pump);
  ~Tracer();
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  /// Lets the process go. How many calls there were, or one sentence on why that is not known. Once.
  std::expected<std::uint64_t, std::string> detach();

 private:
  Tracer(ChildProcess process, Pump& pump);
  bool wait_for_end(std::chrono::milliseconds limit);

  ChildProcess process_;
  Pump& pump_;
  std::string output_;
  bool ended_ = false;
};

/// Of `strace -c -U calls,name`: the number on its last line. Nothing when that is not what the text is.
std::optional<std::uint64_t> traced_calls(std::string_view summary);

}  // namespace gauntlet
