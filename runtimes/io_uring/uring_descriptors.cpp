// Operations on descriptors that are no sockets of the loop: files, and those that somebody else owns and that are
// polled. Each is one request of the ring. What the kernel cannot do at once (opening a path that is not cached,
// syncing, buffered reads from the device) it gives to its own worker threads.
#include <fcntl.h>

#include <algorithm>
#include <cassert>
#include <cerrno>

#include "runtimes/contract/file.hpp"
#include "runtimes/io_uring/uring_loop.hpp"
#include "runtimes/loop/poll_events.hpp"

namespace gauntlet {

namespace {

/// The most that the kernel moves in one call; the length of a request has 32 bits.
constexpr std::size_t most_bytes = 0x7ffff000;

void prepare_file(io_uring_sqe& entry, const FileOp& op) noexcept {
  using Action = FileOp::Action;
  const int fd = op.file->descriptor;
  const auto bytes = static_cast<unsigned>(std::min(op.memory.size(), most_bytes));
  switch (op.action) {
    case Action::open:
      return io_uring_prep_openat(&entry, AT_FDCWD, op.path, op.flags | O_CLOEXEC, op.permissions);
    case Action::read:
      return io_uring_prep_read(&entry, fd, op.memory.data(), bytes, op.offset);
    case Action::write:
      return io_uring_prep_write(&entry, fd, op.memory.data(), bytes, op.offset);
    case Action::sync:
      return io_uring_prep_fsync(&entry, fd, 0);
    case Action::sync_data:
      return io_uring_prep_fsync(&entry, fd, IORING_FSYNC_DATASYNC);
    case Action::close:
      return io_uring_prep_close(&entry, fd);
  }
}

void prepare(io_uring_sqe& entry, const Op& op) noexcept {
  if (op.kind() != OpKind::poll) return prepare_file(entry, static_cast<const FileOp&>(op));
  const auto& poll = static_cast<const PollOp&>(op);
  io_uring_prep_poll_add(&entry, poll.descriptor, poll_events_of(poll));
}

/// A signal, in a call that may simply be made again.
bool may_repeat(const Op& op, std::int32_t result) noexcept {
  return result == -EINTR && op.kind() != OpKind::close_file;
}

}  // namespace

Submitted UringLoop::start_file(FileOp& op) noexcept {
  if (!op.begin(*whole_, worker_.index)) return Submitted::pending;
  worker_.counters.file_operations.add();
  if (op.kind() == OpKind::close_file) ++closing_;
  op.scratch = waiting;
  request_operation(op);
  return Submitted::pending;
}

Submitted UringLoop::start_poll(PollOp& op) noexcept {
  op.scratch = waiting;
  request_operation(op);
  return Submitted::pending;
}

void UringLoop::request_operation(Op& op) noexcept {
  if (is_quiescing_) {
    op.scratch = needs_restart;
    withdrawn_.push(op);
    return;
  }
  io_uring_sqe& entry = ring_->next_entry();
  prepare(entry, op);
  static_assert(alignof(Op) >= 8, "the low bits of its address hold the tag");
  entry.user_data = reinterpret_cast<std::uintptr_t>(&op) | static_cast<std::uint64_t>(Tag::operation);
  ++in_flight_;
}

void UringLoop::on_operation(Op& op, std::int32_t result) noexcept {
  assert(in_flight_ > 0);
  --in_flight_;
  if (result != -ECANCELED && !may_repeat(op, result)) return end_operation(op, result);
  if (op.scratch == cancel_asked) return end_operation(op, -ECANCELED);
  request_operation(op);  // withdrawn at the end of a run, or a signal
}

void UringLoop::end_operation(Op& op, std::int32_t result) noexcept {
  if (op.kind() == OpKind::poll) {
    return finish(op, result < 0 ? result : poll_result(static_cast<PollOp&>(op), static_cast<std::uint32_t>(result)));
  }
  auto& file_op = static_cast<FileOp&>(op);
  if (op.kind() == OpKind::close_file) --closing_;
  if (file_op.end(result)) finish(op, op.result);
}

void UringLoop::cancel_operation(Op& op) noexcept {
  if (op.scratch == queued_to_complete || op.scratch == cancel_asked) return;
  const bool is_in_kernel = op.scratch == waiting;
  op.scratch = cancel_asked;
  if (!is_in_kernel) return;  // it ends when its turn to be restarted comes
  // The address may be that of another operation by the time the kernel tells what came of this; but requests are taken
  // up in their order, and cancelling is done where it is taken up, so it is never another one that is cancelled.
  io_uring_sqe& entry = ring_->next_entry();
  io_uring_prep_cancel64(&entry, reinterpret_cast<std::uintptr_t>(&op) | static_cast<std::uint64_t>(Tag::operation), 0);
  entry.user_data = loop_note(Note::nobody_asks);
}

void UringLoop::restart_operations() noexcept {
  // Not those that come to it meanwhile: nothing does, since only the end of a run withdraws requests.
  while (Job* job = withdrawn_.pop()) {
    auto& op = static_cast<Op&>(*job);
    if (op.scratch == cancel_asked) {
      end_operation(op, -ECANCELED);
      continue;
    }
    op.scratch = waiting;
    request_operation(op);
  }
}

}  // namespace gauntlet
