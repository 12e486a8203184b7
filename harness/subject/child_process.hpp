// A program started by us, which does not outlive us.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/measure/process_sample.hpp"

namespace gauntlet {

/// How a process ended.
struct ExitStatus {
  bool by_signal = false;
  int code = 0;  ///< exit code, or the signal's number
  /// Over its whole life; it holds no memory any more, but the peak is known.
  ProcessSample last;
  bool clean() const { return !by_signal && code == 0; }
};

/// "exited with code 3", "was killed by SIGSEGV".
std::string describe(const ExitStatus& status);

/// Owns a process in a process group of its own: a Ctrl-C meant for us does not reach it, and the kernel kills it when
/// the starting thread dies. Destroying kills the whole group and reaps. Not thread-safe, but for pid().
class ChildProcess {
 public:
  struct Options {
    std::filesystem::path program;
    std::vector<std::string> arguments;
    std::vector<int> cpus;      ///< stays on these; empty: wherever the kernel puts it
    bool message_pipe = false;  ///< descriptor 3 of the child becomes output()'s other end, and its standard output
                                ///< goes where its standard error goes
  };

  /// The error names the program and what the system said.
  static std::expected<ChildProcess, std::string> start(const Options& options);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  /// -1 once it has been reaped.
  pid_t pid() const { return pid_; }
  /// Readable when the process has ended.
  int end_fd() const { return pid_fd_; }
  /// Standard output, or the message pipe; non-blocking.
  int output_fd() const { return output_fd_; }
  /// Standard error; non-blocking.
  int error_fd() const { return error_fd_; }

  /// Writes to the child's standard input; false when it does not read any more. Small texts only: a child that does
  /// not read would block us once the buffer is full.
  bool write_input(std::string_view text);
  void close_input();

  void signal_group(int signal) const;
  /// Blocks until the process has ended: call it when end_fd() is readable, or after SIGKILL.
  ExitStatus reap();
  bool reaped() const { return pid_ < 0; }

 private:
  ChildProcess() = default;

  std::atomic<pid_t> pid_{-1};
  int pid_fd_ = -1;
  int input_fd_ = -1;
  int output_fd_ = -1;
  int error_fd_ = -1;
};

}  // namespace gauntlet
