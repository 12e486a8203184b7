// Operations of the epoll loop: from submit to result.

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <climits>

#include "runtimes/contract/file.hpp"
#include "runtimes/contract/pooled_files.hpp"
#include "runtimes/loop/epoll_loop.hpp"
#include "runtimes/loop/op_socket.hpp"
#include "runtimes/loop/plant.hpp"
#include "runtimes/loop/poll_events.hpp"
#include "runtimes/loop/socket_calls.hpp"
#include "runtimes/loop/transfer.hpp"

namespace gauntlet {

namespace {

EpollSocket& record(SocketBase* socket) { return static_cast<EpollSocket&>(*socket); }

}  // namespace

EpollSocket& EpollLoop::socket_of(Op& op) noexcept { return record(socket_of_operation(op)); }

Submitted EpollLoop::submit(Op& op) noexcept {
  assert(this_worker() == &worker_ && "operations are submitted on the home worker");
  switch (op.kind()) {
    case OpKind::accept:
      return start_read(socket_of(op), op);
    case OpKind::receive: {
      EpollSocket& socket = socket_of(op);
      if (socket.receive_kind == EpollSocket::ReceiveKind::own) break;
      socket.receive_kind = EpollSocket::ReceiveKind::lent;
      return start_read(socket, op);
    }
    case OpKind::receive_into: {
      EpollSocket& socket = socket_of(op);
      if (socket.receive_kind == EpollSocket::ReceiveKind::lent) break;
      socket.receive_kind = EpollSocket::ReceiveKind::own;
      return start_read(socket, op);
    }
    case OpKind::send:
      if constexpr (kPlanted) {
        if (takes_plant() && plant_of(*this).holds_back(op)) return Submitted::pending;
      }
      return start_write(socket_of(op), op);
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
      return submit_to_pool(static_cast<FileOp&>(op), *whole_);
    case OpKind::poll:
      return start_poll(static_cast<PollOp&>(op));
  }
  op.result = -EINVAL;
  return Submitted::done;
}

Submitted EpollLoop::queue_try(Op& op) noexcept {
  op.scratch = queued_to_try;
  answers_.push(op);
  return Submitted::pending;
}

void EpollLoop::queue_result(Op& op, std::int32_t result) noexcept {
  op.result = result;
  if (op.scratch == queued_to_try) {
    op.scratch = queued_to_complete;  // already in the queue
    return;
  }
  op.scratch = queued_to_complete;
  answers_.push(op);
}

Submitted EpollLoop::start_read(EpollSocket& socket, Op& op) noexcept {
  assert(socket.home() == worker_.index && "a socket was read away from its home");
  assert(socket.reader == nullptr && "one read at a time");
  op.scratch = waiting_for_edge;
  if (socket.readable && budget_ > 0) {
    --budget_;
    if (attempt(op)) return Submitted::done;
  }
  socket.reader = &op;
  return socket.readable ? queue_try(op) : Submitted::pending;
}

Submitted EpollLoop::start_write(EpollSocket& socket, Op& op) noexcept {
  assert(socket.home() == worker_.index && "a socket was written to away from its home");
  if (socket.poisoned || socket.writer != nullptr) {
    op.result = socket.poisoned ? -EPIPE : -EBUSY;
    return Submitted::done;
  }
  op.scratch = waiting_for_edge;
  if (socket.writable && budget_ > 0) {
    --budget_;
    if (attempt(op)) return Submitted::done;
  }
  socket.writer = &op;
  return socket.writable ? queue_try(op) : Submitted::pending;
}

bool EpollLoop::attempt(Op& op) noexcept {
  switch (op.kind()) {
    case OpKind::accept:
      return try_accept(static_cast<AcceptOp&>(op));
    case OpKind::receive:
      return try_receive(static_cast<ReceiveOp&>(op));
    case OpKind::receive_into:
      return try_receive_into(static_cast<ReceiveIntoOp&>(op));
    case OpKind::connect:
      return finish_connect(static_cast<ConnectOp&>(op));
    default:
      return try_send(static_cast<SendOp&>(op));
  }
}

std::int32_t EpollLoop::receive_bytes(EpollSocket& socket, std::span<std::byte> memory) noexcept {
  const std::int32_t got = receive_some(socket.fd, memory, worker_.counters.system_calls);
  // epoll(7): a short read of a stream has drained it, and what comes later makes a new edge. Only a hang-up that was
  // reported already makes none.
  const bool drained = got >= 0 && static_cast<std::size_t>(got) < memory.size() && !socket.peer_finished;
  if (drained || got == -EAGAIN) socket.readable = false;
  return got;
}

bool EpollLoop::try_receive(ReceiveOp& op) noexcept {
  EpollSocket& socket = record(op.socket);
  const BufferPool::Piece piece = buffers_.take();
  op.result = receive_bytes(socket, {piece.data, buffers_.buffer_bytes()});
  if (op.result <= 0) {
    buffers_.give_back(piece.data, piece.token);
    return op.result != -EAGAIN;
  }
  worker_.counters.buffers_lent.add();
  if (piece.token == BufferPool::heap_token) worker_.counters.buffers_heap_lent.add();
  op.buffer = Buffer(*whole_, piece.data, static_cast<std::uint32_t>(op.result), piece.token);
  return true;
}

bool EpollLoop::try_receive_into(ReceiveIntoOp& op) noexcept {
  op.result = receive_bytes(record(op.socket), op.memory.first(std::min<std::size_t>(op.memory.size(), INT_MAX)));
  return op.result != -EAGAIN;
}

bool EpollLoop::try_send(SendOp& op) noexcept {
  EpollSocket& socket = record(op.socket);
  op.result = send_rest(socket.fd, op, worker_.counters);
  if (op.result == -EAGAIN) {
    socket.writable = false;
    return false;
  }
  if (op.result < 0) socket.poisoned = true;
  return true;
}

Submitted EpollLoop::start_connect(ConnectOp& op) noexcept {
  const Result<int> fd = open_stream(op.endpoint.family());
  if (!fd) {
    op.result = -fd.error().value();
    return Submitted::done;
  }
  auto* socket = new EpollSocket(*whole_, worker_.index, *fd);
  dispatch_->socket_opened(worker_.index);
  worker_.counters.system_calls.add(2);
  if (::connect(*fd, op.endpoint.native(), op.endpoint.native_size()) < 0 && errno != EINPROGRESS) {
    op.result = -errno;
    retire(*socket);
    return Submitted::done;
  }
  if (!watch(*socket)) {
    op.result = -errno;
    retire(*socket);
    return Submitted::done;
  }
  socket->writable = false;
  socket->writer = &op;
  op.connected = socket;
  op.scratch = waiting_for_edge;
  return Submitted::pending;
}

bool EpollLoop::finish_connect(ConnectOp& op) noexcept {
  EpollSocket& socket = record(op.connected);
  op.result = connect_result(socket.fd, worker_.counters.system_calls);
  if (op.result < 0) {
    op.connected = nullptr;
    retire(socket);
  }
  return true;
}

Submitted EpollLoop::start_close(CloseOp& op) noexcept {
  EpollSocket& socket = record(op.socket);
  const bool in_use = socket.reader != nullptr || socket.writer != nullptr;
  cancel_on_socket(socket.reader);
  cancel_on_socket(socket.writer);
  op.result = 0;
  op.scratch = waiting_for_edge;
  retire(socket);
  if (!in_use || op.detached) return Submitted::done;
  queue_result(op, 0);  // behind what was cancelled, which thus completes first
  return Submitted::pending;
}

void EpollLoop::cancel_on_socket(Op*& slot) noexcept {
  if (slot == nullptr) return;
  queue_result(*slot, -ECANCELED);
  slot = nullptr;
}

void EpollLoop::cancel(Op& op) noexcept {
  assert(this_worker() == &worker_ && "operations are cancelled on the home worker");
  switch (op.kind()) {
    case OpKind::timer:
      if (op.scratch == cancelled_timer) return;
      timers_.remove(static_cast<TimerOp&>(op));
      op.scratch = cancelled_timer;
      op.result = -ECANCELED;
      // Among the jobs of this turn: a queue of its own would cost a task that does nothing else a poll of the kernel.
      return worker_.ready.push(op);
    case OpKind::file:
      return cancel_on_pool(static_cast<FileOp&>(op));
    case OpKind::poll:
      if (op.scratch == queued_to_complete) return;
      stop_polling(static_cast<PollOp&>(op));
      return queue_result(op, -ECANCELED);
    case OpKind::close:
    case OpKind::close_file:
    case OpKind::shutdown:
      return;
    default:
      break;
  }
  if (op.scratch == queued_to_complete) return;
  EpollSocket& socket = socket_of(op);
  cancel_on_socket(is_write(op.kind()) ? socket.writer : socket.reader);
  if (op.kind() == OpKind::send && static_cast<SendOp&>(op).sent > 0) socket.poisoned = true;
  if (op.kind() == OpKind::connect) {
    static_cast<ConnectOp&>(op).connected = nullptr;
    retire(socket);
  }
}

Submitted EpollLoop::start_poll(PollOp& op) noexcept {
  op.scratch = waiting_for_edge;
  epoll_event event{};
  event.events = poll_events_of(op);
  event.data.u64 = reinterpret_cast<std::uintptr_t>(&op) | poll_tag;
  worker_.counters.system_calls.add();
  if (epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, op.descriptor, &event) == 0) return Submitted::pending;
  op.result = poll_refused(op, errno);
  return Submitted::done;
}

void EpollLoop::stop_polling(const PollOp& op) noexcept {
  worker_.counters.system_calls.add();
  epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, op.descriptor, nullptr);
}

void EpollLoop::dispatch_poll(PollOp& op, std::uint32_t events) {
  if (op.scratch == queued_to_complete) return;  // cancelled earlier in this turn
  stop_polling(op);
  op.result = poll_result(op, events);
  complete(op);
}

void EpollLoop::retire(EpollSocket& socket) noexcept {
  if (socket.retry && socket.retry->armed) timers_.remove(*socket.retry);
  worker_.counters.system_calls.add();
  ::close(socket.fd);
  socket.fd = -1;
  dispatch_->socket_closed(worker_.index);
  socket.next_retired = retired_;
  retired_ = &socket;
}

void EpollLoop::give_back(std::byte* data, std::uint32_t token) noexcept {
  assert(this_worker() == &worker_ && "buffers go back on the home worker");
  buffers_.give_back(data, token);
}

}  // namespace gauntlet
