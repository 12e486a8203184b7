// Hurting a process: stopping it where it stands, letting it go on, killing it.
#pragma once

#include <sys/types.h>

#include <system_error>

namespace gauntlet {

/// SIGSTOP. Returns when the kernel says that the process has stopped (or ended), so a pause that did nothing cannot
/// pass for one. `child` is a child of the caller that nobody has reaped; any thread.
std::error_code pause_child(pid_t child);
/// SIGCONT, under the same terms.
std::error_code resume_child(pid_t child);
/// Sends `signal` and does not wait: the end shows where the child is reaped.
std::error_code signal_child(pid_t child, int signal);

}  // namespace gauntlet
