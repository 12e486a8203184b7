#include "scenarios/seam_cost/bare_runtime.hpp"

#include <cerrno>

namespace gauntlet {

Result<SocketBase*> BareRuntime::listen(const Endpoint&) { return errno_error(-EOPNOTSUPP); }

void BareRuntime::run_workers() {
  while (!is_stopped_ && poll_once().ran_anything) {
  }
  is_stopped_ = false;
}

Turn BareRuntime::poll_once() {
  const WorkerScope scope(worker_);
  bool ran_anything = false;
  while (loop_.run_one()) ran_anything = true;
  return {.ran_anything = ran_anything, .next_deadline = {}};
}

}  // namespace gauntlet
