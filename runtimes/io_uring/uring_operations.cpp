// Operations: from submit to requests in the submission queue.
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <span>
#include <utility>

#include "runtimes/io_uring/uring_loop.hpp"
#include "runtimes/loop/op_socket.hpp"
#include "runtimes/loop/socket_calls.hpp"

namespace gauntlet {

namespace {

UringSocket& record(SocketBase* socket) { return static_cast<UringSocket&>(*socket); }

}  // namespace

UringSocket& UringLoop::socket_of(Op& op) noexcept { return record(socket_of_operation(op)); }

Submitted UringLoop::submit(Op& op) noexcept {
  assert(this_worker() == &worker_ && "operations are submitted on the home worker");
  switch (op.kind()) {
    case OpKind::accept:
      return start_stream_read(socket_of(op), op);
    case OpKind::receive: {
      UringSocket& socket = socket_of(op);
      if (socket.receive_kind == UringSocket::ReceiveKind::own) break;
      socket.receive_kind = UringSocket::ReceiveKind::lent;
      return start_stream_read(socket, op);
    }
    case OpKind::receive_into:
      return start_receive_into(static_cast<ReceiveIntoOp&>(op));
    case OpKind::send:
      return start_send(static_cast<SendOp&>(op));
    case OpKind::connect:
      return start_connect(static_cast<ConnectOp&>(op));
    case OpKind::shutdown:
      return start_shutdown(static_cast<ShutdownOp&>(op));
    case OpKind::close:
      return start_close(static_cast<CloseOp&>(op));
    case OpKind::timer:
      timers_.insert(static_cast<TimerOp&>(op));
      return Submitted::pending;
    case OpKind::file:
    case OpKind::close_file:
      return start_file(static_cast<FileOp&>(op));
    case OpKind::poll:
      return start_poll(static_cast<PollOp&>(op));
  }
  op.result = -EINVAL;
  return Submitted::done;
}

Submitted UringLoop::queue_try(Op& op) noexcept {
  op.scratch = queued_to_try;
  answers_.push(op);
  return Submitted::pending;
}

void UringLoop::queue_result(Op& op, std::int32_t result) noexcept {
  op.result = result;
  const bool is_queued = op.scratch == queued_to_try;
  op.scratch = queued_to_complete;
  if (!is_queued) answers_.push(op);
}

UringSocket& UringLoop::new_socket(int fd, std::uint16_t home) {
  dispatch_->socket_opened(home);
  return *new UringSocket(*whole_, home, fd);
}

void UringLoop::tag(io_uring_sqe& entry, const UringSocket* socket, Tag about) noexcept {
  static_assert(alignof(UringSocket) >= 8, "the low bits of its address hold the tag");
  entry.user_data = reinterpret_cast<std::uintptr_t>(socket) | static_cast<std::uint64_t>(about);
}

void UringLoop::enlist(io_uring_sqe& entry, UringSocket& socket, Tag about) noexcept {
  tag(entry, &socket, about);
  if (is_registered(socket) && about != Tag::cancel && about != Tag::close) entry.flags |= IOSQE_FIXED_FILE;
  ++socket.in_kernel;
  ++in_flight_;
}

Submitted UringLoop::start_stream_read(UringSocket& socket, Op& op) noexcept {
  assert(socket.home() == worker_.index && "a socket was read away from its home");
  assert(socket.reader == nullptr && "one read at a time");
  op.scratch = waiting;
  if (socket.has_ready() && budget_ > 0) {
    --budget_;
    take_ready(socket, op);
    return Submitted::done;
  }
  socket.reader = &op;
  if (socket.has_ready()) return queue_try(op);
  arm_stream(socket);
  return Submitted::pending;
}

void UringLoop::take_ready(UringSocket& socket, Op& op) noexcept {
  if (socket.first_chunk != nullptr) {
    Chunk& chunk = socket.pop_chunk();
    worker_.counters.buffers_lent.add();
    if (chunk.token == BufferRing::heap_token) worker_.counters.buffers_heap_lent.add();
    op.result = static_cast<std::int32_t>(chunk.size);
    static_cast<ReceiveOp&>(op).buffer = Buffer(*whole_, chunk.data, chunk.size, chunk.token);
  } else if (socket.listening && !socket.listening->ready.empty()) {
    const int fd = socket.listening->ready.front();
    socket.listening->ready.pop_front();
    op.result = 0;
    // A record touches no ring before its home's tasks do: it may be made for another worker here.
    const bool hands_on = group_ != nullptr && group_->hands_on;
    static_cast<AcceptOp&>(op).accepted = &new_socket(fd, hands_on ? dispatch_->choose() : worker_.index);
  } else {
    op.result = socket.stream_end;
    // The end stays; an error is told once.
    if (op.result < 0) socket.stream_end = UringSocket::stream_goes_on;
  }
}

void UringLoop::arm_stream(UringSocket& socket) noexcept {
  if (socket.is_stream_armed || (socket.listening && socket.listening->retry.is_armed)) return;
  if (is_quiescing_) return restart_later(socket, nullptr);
  socket.is_stream_armed = true;
  register_file(socket);
  io_uring_sqe& entry = ring_->next_entry();
  if (socket.listening) {
    worker_.counters.accept_rearms.add();
    io_uring_prep_multishot_accept(&entry, socket.fd, nullptr, nullptr, SOCK_CLOEXEC);
  } else {
    worker_.counters.receive_rearms.add();
    io_uring_prep_recv_multishot(&entry, socket.fd, nullptr, 0, 0);
    entry.flags |= IOSQE_BUFFER_SELECT;
    entry.buf_group = BufferRing::group;
  }
  enlist(entry, socket, Tag::stream);
}

Submitted UringLoop::start_receive_into(ReceiveIntoOp& op) noexcept {
  UringSocket& socket = record(op.socket);
  if (socket.receive_kind == UringSocket::ReceiveKind::lent) {
    op.result = -EINVAL;
    return Submitted::done;
  }
  socket.receive_kind = UringSocket::ReceiveKind::own;
  assert(socket.home() == worker_.index && "a socket was read away from its home");
  assert(socket.reader == nullptr && "one read at a time");
  op.scratch = waiting;
  socket.reader = &op;
  request_reader(socket);
  return Submitted::pending;
}

void UringLoop::request_reader(UringSocket& socket) noexcept {
  if (is_quiescing_) return restart_later(socket, socket.reader);
  const std::span<std::byte> memory = static_cast<ReceiveIntoOp&>(*socket.reader).memory;
  worker_.counters.receive_rearms.add();
  register_file(socket);
  io_uring_sqe& entry = ring_->next_entry();
  io_uring_prep_recv(&entry, socket.fd, memory.data(), std::min(memory.size(), Ring::bytes_per_request), 0);
  enlist(entry, socket, Tag::reader);
}

void UringLoop::request_writer(UringSocket& socket) noexcept {
  if (is_quiescing_) return restart_later(socket, socket.writer);
  register_file(socket);
  io_uring_sqe& entry = ring_->next_entry();
  if (socket.writer->kind() == OpKind::send) {
    request_send(socket, static_cast<SendOp&>(*socket.writer), entry);
  } else if (socket.waits_for_connect) {
    io_uring_prep_poll_add(&entry, socket.fd, POLLOUT);
  } else {
    const Endpoint& to = static_cast<ConnectOp&>(*socket.writer).endpoint;
    io_uring_prep_connect(&entry, socket.fd, to.native(), to.native_size());
  }
  enlist(entry, socket, Tag::writer);
}

Submitted UringLoop::start_connect(ConnectOp& op) noexcept {
  worker_.counters.system_calls.add();
  const Result<int> fd = open_stream(op.endpoint.family());
  if (!fd) {
    op.result = -fd.error().value();
    return Submitted::done;
  }
  UringSocket& socket = new_socket(*fd, worker_.index);
  op.connected = &socket;
  op.scratch = waiting;
  socket.writer = &op;
  request_writer(socket);
  return Submitted::pending;
}

void UringLoop::shut_down_writing(UringSocket& socket, ShutdownOp& op) noexcept {
  // The ring's own shutdown always goes through a kernel thread, at many times the cost of this call.
  worker_.counters.system_calls.add();
  op.result = ::shutdown(socket.fd, SHUT_WR) < 0 ? -errno : 0;
}

Submitted UringLoop::start_shutdown(ShutdownOp& op) noexcept {
  UringSocket& socket = record(op.socket);
  if (socket.shutdown_op != nullptr) {
    op.result = -EBUSY;
    return Submitted::done;
  }
  if (socket.writer == nullptr) {
    shut_down_writing(socket, op);
    return Submitted::done;
  }
  op.scratch = waiting;
  socket.shutdown_op = &op;  // behind what is being sent
  return Submitted::pending;
}

Submitted UringLoop::start_close(CloseOp& op) noexcept {
  UringSocket& socket = record(op.socket);
  op.result = 0;
  op.scratch = waiting;
  if (!op.detached) socket.close_op = &op;
  begin_close(socket);
  advance_close(socket);
  return op.detached ? Submitted::done : Submitted::pending;
}

void UringLoop::begin_close(UringSocket& socket) noexcept {
  assert(!socket.is_closing && "a socket is closed once");
  socket.is_closing = true;
  dispatch_->socket_closed(worker_.index);
  ++closing_;
  const auto is_request = [](const Op* op) {
    return op->kind() != OpKind::accept && op->kind() != OpKind::receive && op->scratch != needs_restart;
  };
  if (socket.reader != nullptr && !is_request(socket.reader)) cancel_locally(socket.reader);
  if (socket.writer != nullptr && !is_request(socket.writer)) cancel_locally(socket.writer);
  if (socket.shutdown_op != nullptr) queue_result(*std::exchange(socket.shutdown_op, nullptr), -ECANCELED);
  while (socket.first_chunk != nullptr) {
    Chunk& chunk = socket.pop_chunk();
    buffers_->give_back(chunk.data, chunk.token);
  }
  if (socket.listening) {
    if (socket.listening->retry.is_armed) timers_.remove(socket.listening->retry);
    for (const int fd : socket.listening->ready) {
      worker_.counters.system_calls.add();
      ::close(fd);
    }
    socket.listening->ready.clear();
  }
  // One by one: the kernel finds a request by its user_data in a hash, but by its descriptor only among all there are.
  if (socket.is_stream_armed && !std::exchange(socket.is_stream_cancelling, true)) cancel_request(socket, Tag::stream);
  if (socket.reader != nullptr && socket.reader->scratch == waiting) cancel_request(socket, Tag::reader);
  if (socket.writer == nullptr) return;
  if (socket.writer->scratch == waiting) cancel_request(socket, Tag::writer);
  if (socket.writer->scratch == sent_unsettled) give_up_unsettled(socket, -ECANCELED);
}

void UringLoop::advance_close(UringSocket& socket) noexcept {
  // Not while a cancel is on its way: it names this record's address, and would hit whoever gets that next.
  if (!socket.is_closing || socket.in_kernel > 0 || socket.is_restart_queued || socket.is_close_queued) return;
  socket.is_close_queued = true;
  unregister_file(socket);
  io_uring_sqe& entry = ring_->next_entry();
  io_uring_prep_close(&entry, socket.fd);
  enlist(entry, socket, Tag::close);
}

void UringLoop::cancel_locally(Op*& slot) noexcept { queue_result(*std::exchange(slot, nullptr), -ECANCELED); }

void UringLoop::cancel_request(UringSocket& socket, Tag which) noexcept {
  io_uring_sqe& entry = ring_->next_entry();
  io_uring_prep_cancel64(&entry, reinterpret_cast<std::uintptr_t>(&socket) | static_cast<std::uint64_t>(which), 0);
  enlist(entry, socket, Tag::cancel);
}

void UringLoop::cancel(Op& op) noexcept {
  assert(this_worker() == &worker_ && "operations are cancelled on the home worker");
  switch (op.kind()) {
    case OpKind::timer:
      if (op.scratch == cancelled_timer) return;
      timers_.remove(static_cast<TimerOp&>(op));
      op.scratch = cancelled_timer;
      op.result = -ECANCELED;
      return answers_.push(op);
    case OpKind::file:
    case OpKind::poll:
      return cancel_operation(op);
    case OpKind::close:
    case OpKind::close_file:
      return;
    default:
      break;
  }
  if (op.scratch == queued_to_complete || op.scratch == cancel_asked) return;
  UringSocket& socket = socket_of(op);
  switch (op.kind()) {
    case OpKind::accept:
    case OpKind::receive:
      return cancel_locally(socket.reader);  // the stream stays armed, and what it brings stays
    case OpKind::shutdown:
      socket.shutdown_op = nullptr;
      return queue_result(op, -ECANCELED);
    default:
      break;
  }
  if (socket.is_closing) return;  // cancelled already, with everything on its descriptor
  if (op.scratch == sent_unsettled) return give_up_unsettled(socket, -ECANCELED);
  if (op.scratch == needs_restart) {
    if (op.kind() == OpKind::receive_into) return cancel_locally(socket.reader);
    if (op.kind() == OpKind::send && static_cast<SendOp&>(op).sent > 0) socket.is_poisoned = true;
    cancel_locally(socket.writer);
    if (op.kind() == OpKind::send) return;
    static_cast<ConnectOp&>(op).connected = nullptr;
    begin_close(socket);
    return advance_close(socket);
  }
  op.scratch = cancel_asked;
  cancel_request(socket, op.kind() == OpKind::receive_into ? Tag::reader : Tag::writer);
}

void UringLoop::restart_later(UringSocket& socket, Op* op) noexcept {
  if (op != nullptr) op->scratch = needs_restart;
  if (socket.is_restart_queued) return;
  socket.is_restart_queued = true;
  socket.next_restart = restarts_;
  restarts_ = &socket;
}

Result<SocketBase*> UringLoop::listen(const Endpoint& endpoint) {
  const Result<int> fd = open_listener(endpoint, config_.listen_backlog);
  if (!fd) return std::unexpected(fd.error());
  return new_listener(*fd, nullptr);
}

Result<SocketBase*> UringLoop::adopt_listener(int fd, std::shared_ptr<void> claim) {
  return new_listener(fd, std::move(claim));
}

Result<SocketBase*> UringLoop::new_listener(int fd, std::shared_ptr<void> claim) {
  UringSocket& listener = new_socket(fd, worker_.index);
  listener.listening = std::make_unique<Listening>(*this, listener, &UringLoop::retry_accept);
  listener.listening->claim = std::move(claim);
  return &listener;
}

void UringLoop::give_back(std::byte* data, std::uint32_t token) noexcept {
  assert(this_worker() == &worker_ && "buffers go back on the home worker");
  buffers_->give_back(data, token);
}

}  // namespace gauntlet
