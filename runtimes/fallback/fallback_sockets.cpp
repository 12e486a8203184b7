// Operations of the fallback: from submit to the core's queue.

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>

#include "runtimes/fallback/fallback_runtime.hpp"
#include "runtimes/loop/op_socket.hpp"
#include "runtimes/loop/poll_events.hpp"
#include "runtimes/loop/socket_calls.hpp"
#include "runtimes/loop/transfer.hpp"

namespace gauntlet {

namespace {

FallbackSocket& record(SocketBase* socket) { return static_cast<FallbackSocket&>(*socket); }

}  // namespace

Result<Endpoint> FallbackSocket::local_endpoint() const { return local_endpoint_of(fd); }
Result<Endpoint> FallbackSocket::remote_endpoint() const { return remote_endpoint_of(fd); }

FallbackSocket& FallbackRuntime::socket_of(Op& op) noexcept { return record(socket_of_operation(op)); }

Submitted FallbackRuntime::complete_later(Op& op) noexcept {
  op.scratch = queued;
  core_.enqueue(op);
  return Submitted::pending;
}

Submitted FallbackRuntime::complete_later(Op& op, std::int32_t result) noexcept {
  op.result = result;
  return complete_later(op);
}

Submitted FallbackRuntime::submit(Op& op) noexcept {
  assert(this_worker() == &worker_ && "operations are submitted on the home worker");
  op.scratch = waiting;
  switch (op.kind()) {
    case OpKind::accept:
      return start_read(socket_of(op), op);
    case OpKind::receive: {
      FallbackSocket& socket = socket_of(op);
      if (socket.receive_kind == FallbackSocket::ReceiveKind::own) break;
      socket.receive_kind = FallbackSocket::ReceiveKind::lent;
      return start_read(socket, op);
    }
    case OpKind::receive_into: {
      FallbackSocket& socket = socket_of(op);
      if (socket.receive_kind == FallbackSocket::ReceiveKind::lent) break;
      socket.receive_kind = FallbackSocket::ReceiveKind::own;
      return start_read(socket, op);
    }
    case OpKind::send:
      return start_send(static_cast<SendOp&>(op));
    case OpKind::connect:
      return start_connect(static_cast<ConnectOp&>(op));
    case OpKind::shutdown:
      worker_.counters.system_calls.add();
      op.result = ::shutdown(record(static_cast<ShutdownOp&>(op).socket).fd, SHUT_WR) < 0 ? -errno : 0;
      return Submitted::done;
    case OpKind::close:
      return start_close(static_cast<CloseOp&>(op));
    case OpKind::timer:
      timers_.insert(static_cast<TimerOp&>(op));
      return Submitted::pending;
    case OpKind::file:
    case OpKind::close_file:
      // Nothing but an open can come, and it opens nothing.
      op.result = -ENOTSUP;
      return Submitted::done;
    case OpKind::poll:
      return start_poll(static_cast<PollOp&>(op));
  }
  op.result = -EINVAL;
  return Submitted::done;
}

Submitted FallbackRuntime::start_read(FallbackSocket& socket, Op& op) noexcept {
  assert(socket.reader == nullptr && "one read at a time");
  if (attempt(op)) return complete_later(op);
  socket.reader = &op;
  return Submitted::pending;
}

Submitted FallbackRuntime::start_send(SendOp& op) noexcept {
  FallbackSocket& socket = record(op.socket);
  if (socket.poisoned || socket.writer != nullptr) {
    op.result = socket.poisoned ? -EPIPE : -EBUSY;
    return Submitted::done;
  }
  if (attempt(op)) return complete_later(op);
  socket.writer = &op;
  return Submitted::pending;
}

void FallbackRuntime::go_on_with(FallbackSocket& socket, short events) noexcept {
  constexpr short broken = POLLHUP | POLLERR;
  if (Op* op = socket.reader; op != nullptr && (events & (POLLIN | broken)) != 0 && attempt(*op)) {
    socket.reader = nullptr;
    complete_later(*op);
  }
  if (Op* op = socket.writer; op != nullptr && (events & (POLLOUT | broken)) != 0 && attempt(*op)) {
    // A connect that failed has no socket any more.
    if (op->kind() != OpKind::connect || op->result == 0) socket.writer = nullptr;
    complete_later(*op);
  }
}

bool FallbackRuntime::attempt(Op& op) noexcept {
  switch (op.kind()) {
    case OpKind::accept:
      return try_accept(static_cast<AcceptOp&>(op));
    case OpKind::receive:
      return try_receive(static_cast<ReceiveOp&>(op));
    case OpKind::receive_into: {
      auto& receive = static_cast<ReceiveIntoOp&>(op);
      op.result = receive_some(record(receive.socket).fd, receive.memory, worker_.counters.system_calls);
      return op.result != -EAGAIN;
    }
    case OpKind::connect:
      return finish_connect(static_cast<ConnectOp&>(op));
    default:
      return try_send(static_cast<SendOp&>(op));
  }
}

bool FallbackRuntime::try_accept(AcceptOp& op) noexcept {
  FallbackSocket& listener = record(op.listener);
  if (sockets_.is_full()) return false;  // poll(2) is asked again when one has been closed
  const std::int32_t fd = accept_next(listener.fd, worker_.counters.system_calls);
  if (fd >= 0) {
    listener.retry.delay = {};
    worker_.counters.accepts.add();
    op.accepted = take_in(fd);
    op.result = 0;
    return true;
  }
  op.result = fd;
  if (is_shortage(-fd)) retry_accept_later(listener);
  return fd != -EAGAIN && !is_shortage(-fd);
}

void FallbackRuntime::retry_accept_later(FallbackSocket& listener) noexcept {
  using namespace std::chrono_literals;
  FallbackAcceptRetry& retry = listener.retry;
  if (retry.armed) return;  // another accept was started meanwhile
  retry.delay = std::clamp(retry.delay * 2, 1ms, 100ms);
  retry.deadline = std::chrono::steady_clock::now() + retry.delay;
  retry.armed = true;
  timers_.insert(retry);
}

void FallbackRuntime::retry_accept(Job& job) noexcept { static_cast<FallbackAcceptRetry&>(job).armed = false; }

bool FallbackRuntime::try_receive(ReceiveOp& op) noexcept {
  const BufferPool::Piece piece = buffers_.take();
  op.result = receive_some(record(op.socket).fd, {piece.data, buffers_.buffer_bytes()}, worker_.counters.system_calls);
  if (op.result <= 0) {
    buffers_.give_back(piece.data, piece.token);
    return op.result != -EAGAIN;
  }
  worker_.counters.buffers_lent.add();
  if (piece.token == BufferPool::heap_token) worker_.counters.buffers_heap_lent.add();
  op.buffer = Buffer(*this, piece.data, static_cast<std::uint32_t>(op.result), piece.token);
  return true;
}

bool FallbackRuntime::try_send(SendOp& op) noexcept {
  FallbackSocket& socket = record(op.socket);
  op.result = send_rest(socket.fd, op, worker_.counters);
  if (op.result == -EAGAIN) return false;
  if (op.result < 0) socket.poisoned = true;
  return true;
}

Submitted FallbackRuntime::start_connect(ConnectOp& op) noexcept {
  const Result<int> fd = sockets_.is_full() ? Result<int>(errno_error(-ENOBUFS)) : open_stream(op.endpoint.family());
  if (!fd) {
    op.result = -fd.error().value();
    return Submitted::done;
  }
  FallbackSocket* socket = take_in(*fd);
  worker_.counters.system_calls.add(2);
  if (::connect(*fd, op.endpoint.native(), op.endpoint.native_size()) < 0 && errno != EINPROGRESS) {
    op.result = -errno;
    release(*socket);
    return Submitted::done;
  }
  socket->writer = &op;
  op.connected = socket;
  return Submitted::pending;
}

bool FallbackRuntime::finish_connect(ConnectOp& op) noexcept {
  FallbackSocket& socket = record(op.connected);
  op.result = connect_result(socket.fd, worker_.counters.system_calls);
  if (op.result < 0) {
    op.connected = nullptr;
    release(socket);
  }
  return true;
}

Submitted FallbackRuntime::start_poll(PollOp& op) noexcept {
  if (polls_count_ == most_polls) {
    op.result = -ENOBUFS;
    return Submitted::done;
  }
  pollfd once{op.descriptor, 0, 0};
  worker_.counters.system_calls.add();
  if (::poll(&once, 1, 0) == 1 && (once.revents & POLLNVAL) != 0) {
    op.result = -EBADF;
    return Submitted::done;
  }
  polls_[polls_count_++] = &op;
  return Submitted::pending;
}

void FallbackRuntime::go_on_with(PollOp& op, short events) noexcept {
  forget_poll(op);
  // Closed while it was waited for, which is against the rules: the call that follows tells.
  const bool is_closed = (events & POLLNVAL) != 0;
  complete_later(op, is_closed ? op.wanted : poll_result(op, static_cast<std::uint32_t>(events)));
}

void FallbackRuntime::forget_poll(const PollOp& op) noexcept {
  const auto end = polls_.begin() + static_cast<std::ptrdiff_t>(polls_count_);
  *std::find(polls_.begin(), end, &op) = *(end - 1);
  --polls_count_;
}

Submitted FallbackRuntime::start_close(CloseOp& op) noexcept {
  FallbackSocket& socket = record(op.socket);
  const bool is_awaited = !op.detached;
  const bool in_use = socket.reader != nullptr || socket.writer != nullptr;
  cancel_on_socket(socket.reader);
  cancel_on_socket(socket.writer);
  release(socket);  // and with it this operation, if nobody waits
  if (!is_awaited) return Submitted::done;
  op.result = 0;
  return in_use ? complete_later(op) : Submitted::done;  // behind what was cancelled, which thus completes first
}

void FallbackRuntime::cancel_on_socket(Op*& slot) noexcept {
  if (slot == nullptr) return;
  complete_later(*slot, -ECANCELED);
  slot = nullptr;
}

void FallbackRuntime::cancel(Op& op) noexcept {
  assert(this_worker() == &worker_ && "operations are cancelled on the home worker");
  if (op.scratch == queued) return;
  switch (op.kind()) {
    case OpKind::timer:
      timers_.remove(static_cast<TimerOp&>(op));
      complete_later(op, -ECANCELED);
      return;
    case OpKind::poll:
      forget_poll(static_cast<PollOp&>(op));
      complete_later(op, -ECANCELED);
      return;
    case OpKind::close:
    case OpKind::shutdown:
    case OpKind::file:
    case OpKind::close_file:
      return;
    default:
      break;
  }
  FallbackSocket& socket = socket_of(op);
  cancel_on_socket(is_write(op.kind()) ? socket.writer : socket.reader);
  if (op.kind() == OpKind::send && static_cast<SendOp&>(op).sent > 0) socket.poisoned = true;
  if (op.kind() == OpKind::connect) {
    static_cast<ConnectOp&>(op).connected = nullptr;
    release(socket);
  }
}

Result<SocketBase*> FallbackRuntime::listen(const Endpoint& endpoint) {
  if (sockets_.is_full()) return std::unexpected(make_error_code(Errc::out_of_resources));
  const Result<int> fd = open_listener(endpoint, config_.listen_backlog);
  if (!fd) return std::unexpected(fd.error());
  return take_in(*fd);
}

FallbackSocket* FallbackRuntime::take_in(int fd) noexcept {
  dispatcher_.socket_opened(0);
  return &sockets_.make(*this, fd, &retry_accept);
}

void FallbackRuntime::release(FallbackSocket& socket) noexcept {
  if (socket.retry.armed) timers_.remove(socket.retry);
  worker_.counters.system_calls.add();
  ::close(socket.fd);
  dispatcher_.socket_closed(0);
  sockets_.destroy(socket);
}

void FallbackRuntime::give_back(std::byte* data, std::uint32_t token) noexcept {
  assert(this_worker() == &worker_ && "buffers go back on the home worker");
  buffers_.give_back(data, token);
}

}  // namespace gauntlet
