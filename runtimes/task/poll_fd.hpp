// Waiting for a descriptor that the runtime does not own: of a library with a loop of its own, a pipe, an inotify.
#pragma once

#include "runtimes/contract/error.hpp"
#include "runtimes/task/op_awaiter.hpp"

namespace gauntlet {

class PollDescriptor : public OpAwaiter<PollOp> {
 public:
  PollDescriptor(int descriptor, PollFor what) noexcept : OpAwaiter(descriptor, what) {}
  Result<PollFor> await_resume() const noexcept {
    if (op.result < 0) return errno_error(op.result);
    return static_cast<PollFor>(op.result);
  }
};

/// Suspends until `descriptor` is ready, and yields for what; see PollOp for what counts as ready. A cancelled task is
/// dropped where it waits.
inline PollDescriptor poll_fd(int descriptor, PollFor what) noexcept { return PollDescriptor(descriptor, what); }

}  // namespace gauntlet
