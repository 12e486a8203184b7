// Operations: from submit to result.
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cerrno>
#include <mutex>
#include <utility>

#include "runtimes/contract/file.hpp"
#include "runtimes/contract/pooled_files.hpp"
#include "runtimes/loop/socket_calls.hpp"
#include "runtimes/loop/transfer.hpp"
#include "runtimes/work_stealing/stealing_runtime.hpp"

namespace gauntlet {

namespace {

SharedSocket& record(SocketBase* socket) { return static_cast<SharedSocket&>(*socket); }

}  // namespace

Direction* StealingRuntime::direction_of(Op& op) noexcept {
  switch (op.kind()) {
    case OpKind::accept:
      return &record(static_cast<AcceptOp&>(op).listener).reading;
    case OpKind::connect: {
      // Taken away by the keeper of a connect that failed.
      SocketBase* socket = std::atomic_ref(static_cast<ConnectOp&>(op).connected).load(std::memory_order_acquire);
      return socket != nullptr ? &record(socket).writing : nullptr;
    }
    case OpKind::receive:
      return &record(static_cast<ReceiveOp&>(op).socket).reading;
    case OpKind::receive_into:
      return &record(static_cast<ReceiveIntoOp&>(op).socket).reading;
    default:
      return &record(static_cast<SendOp&>(op).socket).writing;
  }
}

Submitted StealingRuntime::submit(Op& op) noexcept {
  StealingWorker& worker = worker_here();
  if (!stealing_ && op.worker == Job::any_worker) op.worker = worker.index;
  switch (op.kind()) {
    case OpKind::accept:
      return start(worker, record(static_cast<AcceptOp&>(op).listener).reading, op);
    case OpKind::receive:
      return start_receive(worker, record(static_cast<ReceiveOp&>(op).socket), op);
    case OpKind::receive_into:
      return start_receive(worker, record(static_cast<ReceiveIntoOp&>(op).socket), op);
    case OpKind::send:
      return start(worker, record(static_cast<SendOp&>(op).socket).writing, op);
    case OpKind::connect:
      return start_connect(worker, static_cast<ConnectOp&>(op));
    case OpKind::shutdown:
      worker.counters.system_calls.add();
      op.result = ::shutdown(record(static_cast<ShutdownOp&>(op).socket).fd, SHUT_WR) < 0 ? -errno : 0;
      return Submitted::done;
    case OpKind::close:
      return start_close(worker, static_cast<CloseOp&>(op));
    case OpKind::timer:
      insert_timer(worker, static_cast<TimerOp&>(op));
      return Submitted::pending;
    case OpKind::file:
    case OpKind::close_file:
      return submit_to_pool(static_cast<FileOp&>(op), *this);
    case OpKind::poll:
      return start_poll(worker, static_cast<PollOp&>(op));
  }
  std::unreachable();
}

Submitted StealingRuntime::start_receive(StealingWorker& worker, SharedSocket& socket, Op& op) noexcept {
  const auto kind = op.kind() == OpKind::receive ? SharedSocket::ReceiveKind::lent : SharedSocket::ReceiveKind::own;
  if (socket.receive_kind == SharedSocket::ReceiveKind::undecided) socket.receive_kind = kind;
  if (socket.receive_kind == kind) return start(worker, socket.reading, op);
  op.result = -EINVAL;
  return Submitted::done;
}

Submitted StealingRuntime::start(StealingWorker& worker, Direction& direction, Op& op) noexcept {
  using Start = Readiness::Start;
  const Start begun = direction.readiness.start(worker.budget > 0);
  if (begun == Start::busy || begun == Start::closing) {
    assert((begun == Start::closing || op.kind() == OpKind::send) && "one operation per direction at a time");
    op.result = begun == Start::busy ? -EBUSY : -ECANCELED;
    return Submitted::done;
  }
  op.scratch = unsettled;
  direction.op = &op;
  direction.worker = op.worker;
  if (op.kind() == OpKind::send && direction.socket->poisoned) {
    op.result = -EPIPE;
    return answered(worker, direction, finish(direction, op, begun != Start::wait));
  }
  bool may_try = begun == Start::try_now;
  if (begun == Start::wait) {
    switch (direction.readiness.would_block()) {
      case Readiness::Block::armed:
        return Submitted::pending;  // by now another worker may have completed it
      case Readiness::Block::cancelled:
        be_cancelled(op);
        return answered(worker, direction, finish(direction, op, false));
      case Readiness::Block::try_again:
        may_try = worker.budget > 0;
    }
  }
  if (!may_try) {
    deliver(worker, direction);
    return Submitted::pending;
  }
  --worker.budget;
  return answered(worker, direction, settle(worker, direction, op));
}

/// For submit: what settle() or finish() said of an operation.
Submitted StealingRuntime::answered(StealingWorker& worker, Direction& direction, Settled outcome) noexcept {
  if (outcome == Settled::yes_and_leave) leave(worker, direction);
  return outcome == Settled::no ? Submitted::pending : Submitted::done;
}

/// For the keeper, readiness being cleared. `no`: the operation is armed again, and is not the caller's any more.
/// `yes_and_leave`: a close waits for the caller, who calls leave() when the operation is completed.
StealingRuntime::Settled StealingRuntime::settle(StealingWorker& worker, Direction& direction, Op& op) noexcept {
  for (;;) {
    bool still_ready = true;
    if (attempt(worker, op, still_ready)) return finish(direction, op, still_ready);
    switch (direction.readiness.would_block()) {
      case Readiness::Block::armed:
        return Settled::no;
      case Readiness::Block::try_again:
        continue;
      case Readiness::Block::cancelled:
        be_cancelled(op);
        return finish(direction, op, false);
    }
  }
}

StealingRuntime::Settled StealingRuntime::finish(Direction& direction, Op& op, bool still_ready) noexcept {
  const bool failed_connect = op.kind() == OpKind::connect && op.result < 0;
  // First: once the direction is free the socket may be closed, and a canceller must not look for it any more.
  std::atomic_ref(op.scratch).store(settled, std::memory_order_release);
  if (failed_connect) {
    std::atomic_ref(static_cast<ConnectOp&>(op).connected).store(nullptr, std::memory_order_release);
  }
  const bool closing = direction.readiness.finish(still_ready);
  return closing || failed_connect ? Settled::yes_and_leave : Settled::yes;
}

/// The direction's turn: it was ready, or its operation was cancelled.
void StealingRuntime::answer(Job& job) noexcept {
  auto& direction = static_cast<Direction&>(job);
  auto& self = static_cast<StealingRuntime&>(direction.socket->runtime());
  StealingWorker& worker = self.worker_here();
  Op& op = *direction.op;
  Settled outcome = Settled::no;
  if (direction.readiness.before_call()) {
    outcome = self.settle(worker, direction, op);
    if (outcome == Settled::no) return;
  } else {
    self.be_cancelled(op);
    outcome = self.finish(direction, op, false);
  }
  op.run(op);
  // After the operation, so that a close completes after what it cancelled.
  if (outcome == Settled::yes_and_leave) self.leave(worker, direction);
}

void StealingRuntime::be_cancelled(Op& op) noexcept {
  op.result = -ECANCELED;
  if (op.kind() == OpKind::send && static_cast<SendOp&>(op).sent > 0) {
    record(static_cast<SendOp&>(op).socket).poisoned = true;
  }
}

bool StealingRuntime::attempt(StealingWorker& worker, Op& op, bool& still_ready) noexcept {
  Counter& calls = worker.counters.system_calls;
  switch (op.kind()) {
    case OpKind::accept:
      return try_accept(worker, static_cast<AcceptOp&>(op));
    case OpKind::receive:
      return try_receive(worker, static_cast<ReceiveOp&>(op), still_ready);
    case OpKind::receive_into: {
      auto& into = static_cast<ReceiveIntoOp&>(op);
      op.result = receive_some(record(into.socket).fd, into.memory, calls);
      // epoll(7): a short read of a stream has drained it, and what comes later makes a new edge.
      still_ready = op.result < 0 || static_cast<std::size_t>(op.result) == into.memory.size();
      return op.result != -EAGAIN;
    }
    case OpKind::connect:
      op.result = connect_result(record(static_cast<ConnectOp&>(op).connected).fd, calls);
      return true;
    default: {
      auto& send = static_cast<SendOp&>(op);
      SharedSocket& socket = record(send.socket);
      op.result = send_rest(socket.fd, send, worker.counters);
      if (op.result < 0 && op.result != -EAGAIN) socket.poisoned = true;
      return op.result != -EAGAIN;
    }
  }
}

bool StealingRuntime::try_receive(StealingWorker& worker, ReceiveOp& op, bool& still_ready) noexcept {
  const BufferPool::Piece piece = worker.buffers.take();
  const std::span<std::byte> memory(piece.data, worker.buffers.buffer_bytes());
  op.result = receive_some(record(op.socket).fd, memory, worker.counters.system_calls);
  still_ready = op.result < 0 || static_cast<std::size_t>(op.result) == memory.size();
  if (op.result <= 0) {
    worker.buffers.give_back(piece.data, piece.token);
    return op.result != -EAGAIN;
  }
  worker.counters.buffers_lent.add();
  if (piece.token == SharedBuffers::heap_token) worker.counters.buffers_heap_lent.add();
  op.buffer = Buffer(*this, piece.data, static_cast<std::uint32_t>(op.result), piece.token);
  return true;
}

bool StealingRuntime::try_accept(StealingWorker& worker, AcceptOp& op) noexcept {
  SharedSocket& listener = record(op.listener);
  const std::int32_t fd = accept_next(listener.fd, worker.counters.system_calls);
  op.result = fd;
  if (fd == -EAGAIN) return false;
  if (fd < 0 && is_shortage(-fd)) {
    // The edge was spent and no new one comes for connections that already wait: a timer tries again.
    retry_accept_later(worker, listener);
    return false;
  }
  if (fd < 0) return true;
  if (listener.retry) listener.retry->delay = {};
  worker.counters.accepts.add();
  SharedSocket* accepted = open_socket(deals_out_ ? dispatcher_.choose() : worker.index, fd, true);
  op.result = watch(worker, *accepted) ? 0 : -errno;
  if (op.result == 0) {
    op.accepted = accepted;
  } else {
    release_users(worker, *accepted, 1);
  }
  return true;
}

Submitted StealingRuntime::start_connect(StealingWorker& worker, ConnectOp& op) noexcept {
  const Result<int> fd = open_stream(op.endpoint.family());
  if (!fd) {
    op.result = -fd.error().value();
    return Submitted::done;
  }
  SharedSocket* socket = open_socket(worker.index, *fd, false);
  worker.counters.system_calls.add();
  if (::connect(*fd, op.endpoint.native(), op.endpoint.native_size()) < 0 && errno != EINPROGRESS) {
    op.result = -errno;
    release_users(worker, *socket, 1);
    return Submitted::done;
  }
  op.connected = socket;
  // Armed before it is watched: from then on another worker may complete it.
  [[maybe_unused]] const Submitted armed = start(worker, socket->writing, op);
  assert(armed == Submitted::pending && "nobody has reported it ready yet");
  if (watch(worker, *socket)) return Submitted::pending;
  op.result = -errno;
  op.connected = nullptr;
  release_users(worker, *socket, 1);
  return Submitted::done;
}

void StealingRuntime::cancel(Op& op) noexcept {
  StealingWorker& worker = worker_here();
  switch (op.kind()) {
    case OpKind::timer:
      if (!remove_timer(static_cast<TimerOp&>(op))) return;
      op.result = -ECANCELED;
      return deliver(worker, op);
    case OpKind::file:
      return cancel_on_pool(static_cast<FileOp&>(op));
    case OpKind::poll:
      return cancel_poll(worker, static_cast<PollOp&>(op));
    case OpKind::close:
    case OpKind::close_file:
    case OpKind::shutdown:
      return;
    default:
      break;
  }
  Direction* direction = nullptr;
  {
    // Unsettled now: what leads from here to the freeing of the record waits for this lock.
    const std::lock_guard lock(driver_.records_lock());
    if (std::atomic_ref(op.scratch).load(std::memory_order_acquire) == settled) return;
    direction = direction_of(op);
    if (direction == nullptr || !direction->readiness.cancel()) return;
  }
  deliver(worker, *direction);
}

}  // namespace gauntlet
