#include "fault-injection/process/child_fault.hpp"

#include <sys/wait.h>

#include <cassert>
#include <cerrno>
#include <csignal>

namespace gauntlet {
namespace {

std::error_code last_error() { return {errno, std::system_category()}; }

/// WNOWAIT leaves the change for whoever reaps the child.
std::error_code wait_for_change(pid_t child, int change) {
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(child), &info, change | WEXITED | WNOWAIT) != 0) {
    if (errno != EINTR) return last_error();
  }
  return {};
}

}  // namespace

std::error_code signal_child(pid_t child, int signal) {
  assert(child > 0 && "other numbers mean groups of processes, or all there are");
  return ::kill(child, signal) == 0 ? std::error_code{} : last_error();
}

std::error_code pause_child(pid_t child) {
  if (const auto error = signal_child(child, SIGSTOP)) return error;
  return wait_for_change(child, WSTOPPED);
}

std::error_code resume_child(pid_t child) {
  if (const auto error = signal_child(child, SIGCONT)) return error;
  return wait_for_change(child, WCONTINUED);
}

}  // namespace gauntlet
