// Submitting and cancelling; sending, connecting and closing.
#include <unistd.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <cassert>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include "runtimes/asio/asio_loop.hpp"
#include "runtimes/asio/unsent_pieces.hpp"
#include "runtimes/loop/socket_calls.hpp"

namespace gauntlet {

namespace asio = boost::asio;

namespace {

AsioStream& stream_of(SocketBase* socket) { return static_cast<AsioStream&>(*socket); }

std::size_t total_bytes(const SendOp& op) {
  std::size_t total = 0;
  for (const iovec& piece : op.pieces) total += piece.iov_len;
  return total;
}

std::int32_t clamped(std::size_t bytes) { return static_cast<std::int32_t>(std::min<std::size_t>(bytes, INT_MAX)); }

/// Calls `write` with what is left: a plain buffer if it is one, for which Asio makes the shorter system call.
template <typename Write>
auto with_unsent(const SendOp& op, Write write) {
  const UnsentPieces unsent(op.pieces, op.sent);
  return unsent.count() == 1 ? write(*unsent.begin()) : write(unsent);
}

}  // namespace

Submitted AsioLoop::submit(Op& op) noexcept {
  assert(this_worker() == &worker_ && "operations are submitted on the home worker");
  switch (op.kind()) {
    case OpKind::accept: {
      auto& accept = static_cast<AcceptOp&>(op);
      return start_accept(static_cast<AsioListener&>(*accept.listener), accept);
    }
    case OpKind::receive:
      return start_read(stream_of(static_cast<ReceiveOp&>(op).socket), op);
    case OpKind::receive_into:
      return start_read(stream_of(static_cast<ReceiveIntoOp&>(op).socket), op);
    case OpKind::send:
      return start_send(stream_of(static_cast<SendOp&>(op).socket), static_cast<SendOp&>(op));
    case OpKind::connect:
      return start_connect(static_cast<ConnectOp&>(op));
    case OpKind::shutdown:
      return start_shutdown(stream_of(static_cast<ShutdownOp&>(op).socket), static_cast<ShutdownOp&>(op));
    case OpKind::close:
      return start_close(static_cast<CloseOp&>(op));
    case OpKind::timer: {
      auto& timer = static_cast<TimerOp&>(op);
      timers_.insert(timer);
      if (timer.deadline <= TimerWheel::Clock::now() && !is_pump_posted_) {
        post_pump();  // due already: no need to ask the kernel
      } else {
        set_alarm();
      }
      return Submitted::pending;
    }
    case OpKind::file:
    case OpKind::close_file:
      return start_file(static_cast<FileOp&>(op));
    case OpKind::poll:
      return start_poll(static_cast<PollOp&>(op));
  }
  std::unreachable();
}

void AsioLoop::cancel(Op& op) noexcept {
  assert(this_worker() == &worker_ && "operations are cancelled on the home worker");
  ErrorCode ignored;
  switch (op.kind()) {
    case OpKind::timer:
      if (op.scratch == cancelled_timer) return;
      timers_.remove(static_cast<TimerOp&>(op));
      op.scratch = cancelled_timer;
      op.result = -ECANCELED;
      answers_.push(op);
      return post_pump();
    case OpKind::accept:
      if (op.scratch != queued_to_complete) {
        cancel_reader(static_cast<AsioListener&>(*static_cast<AcceptOp&>(op).listener));
      }
      return;
    case OpKind::receive:
      if (op.scratch != queued_to_complete) cancel_reader(stream_of(static_cast<ReceiveOp&>(op).socket));
      return;
    case OpKind::receive_into:
      if (op.scratch != queued_to_complete) cancel_reader(stream_of(static_cast<ReceiveIntoOp&>(op).socket));
      return;
    case OpKind::send:
      op.scratch = cancel_asked;
      stream_of(static_cast<SendOp&>(op).socket).stream.cancel(ignored);
      return;
    case OpKind::connect:
      op.scratch = cancel_asked;
      stream_of(static_cast<ConnectOp&>(op).connected).stream.cancel(ignored);
      return;
    case OpKind::file:
      return cancel_file(static_cast<FileOp&>(op));
    case OpKind::poll:
      return cancel_poll(static_cast<PollOp&>(op));
    case OpKind::close:
    case OpKind::close_file:
    case OpKind::shutdown:
      return;
  }
}

void AsioLoop::cancel_reader(AsioSocket& socket) noexcept {
  if (socket.reader != nullptr) queue_result(*std::exchange(socket.reader, nullptr), -ECANCELED);
}

Submitted AsioLoop::start_send(AsioStream& stream, SendOp& op) noexcept {
  if (stream.is_poisoned || stream.writer != nullptr) {
    op.result = stream.is_poisoned ? -EPIPE : -EBUSY;
    return Submitted::done;
  }
  if (budget_ > 0) {
    --budget_;
    if (try_send(stream, op)) return Submitted::done;
  }
  stream.writer = &op;
  op.scratch = waiting;
  send_later(stream, op);
  return Submitted::pending;
}

bool AsioLoop::try_send(AsioStream& stream, SendOp& op) noexcept {
  const std::size_t total = total_bytes(op);
  while (op.sent < total) {
    ErrorCode error;
    worker_.counters.system_calls.add();
    op.sent += with_unsent(op, [&](const auto& rest) { return stream.stream.write_some(rest, error); });
    if (!error || error == asio::error::interrupted) continue;
    if (error == asio::error::would_block) return false;
    op.result = -error.value();
    stream.is_poisoned = true;
    return true;
  }
  op.result = clamped(total);
  return true;
}

void AsioLoop::send_later(AsioStream& stream, SendOp& op) noexcept {
  ++stream.outstanding;
  worker_.counters.system_calls.add();
  with_unsent(op, [&](const auto& rest) {
    stream.stream.async_write_some(
        rest, HandlerIn(stream.writing,
                        [this, &stream](const ErrorCode& error, std::size_t bytes) { on_sent(stream, error, bytes); }));
  });
}

void AsioLoop::on_sent(AsioStream& stream, const ErrorCode& error, std::size_t bytes) noexcept {
  enter_handler();
  handler_came(stream);
  auto& op = static_cast<SendOp&>(*stream.writer);
  op.sent += bytes;
  const bool is_unwanted = op.scratch == cancel_asked || stream.is_closing;
  const bool is_failed = error && error != asio::error::operation_aborted;
  if (is_failed) {
    op.result = -error.value();
  } else if (op.sent == total_bytes(op)) {
    op.result = clamped(op.sent);
  } else if (is_unwanted) {
    op.result = -ECANCELED;
  } else {
    if (!try_send(stream, op)) return send_later(stream, op);
  }
  if (op.result < 0 && (is_failed || op.sent > 0)) stream.is_poisoned = true;
  stream.writer = nullptr;
  if (ShutdownOp* shutdown = std::exchange(stream.shutdown_op, nullptr)) {
    shut_down_writing(stream, *shutdown);
    queue_result(*shutdown, shutdown->result);
  }
  if (stream.is_closing) advance_close(stream);
  complete(op);
}

Submitted AsioLoop::start_connect(ConnectOp& op) noexcept {
  const Result<int> fd = open_stream(op.endpoint.family());
  if (!fd) {
    op.result = -fd.error().value();
    return Submitted::done;
  }
  worker_.counters.system_calls.add(3);
  auto* stream = new AsioStream(*group_.runtime, worker_.index, TcpStream(context_));
  ErrorCode error;
  const auto protocol = op.endpoint.family() == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4();
  stream->stream.assign(protocol, *fd, error);
  if (error) {  // too many descriptors are watched, or there is no memory for one more
    ::close(*fd);
    delete stream;
    op.result = -error.value();
    return Submitted::done;
  }
  stream->stream.non_blocking(true, error);
  assert(!error && "a socket can be made non-blocking");
  asio::ip::tcp::endpoint endpoint;
  endpoint.resize(op.endpoint.native_size());
  std::memcpy(endpoint.data(), op.endpoint.native(), op.endpoint.native_size());
  group_.dispatcher->socket_opened(worker_.index);
  stream->writer = &op;
  op.connected = stream;
  op.scratch = waiting;
  ++stream->outstanding;
  stream->stream.async_connect(
      endpoint, HandlerIn(stream->writing, [this, stream](const ErrorCode& result) { on_connected(*stream, result); }));
  return Submitted::pending;
}

void AsioLoop::on_connected(AsioStream& stream, const ErrorCode& error) noexcept {
  enter_handler();
  handler_came(stream);
  auto& op = static_cast<ConnectOp&>(*std::exchange(stream.writer, nullptr));
  op.result = -error.value();
  if (error) {
    op.connected = nullptr;
    group_.dispatcher->socket_closed(worker_.index);
    delete &stream;
  }
  complete(op);
}

Submitted AsioLoop::start_shutdown(AsioStream& stream, ShutdownOp& op) noexcept {
  op.scratch = waiting;
  if (stream.writer != nullptr && stream.shutdown_op == nullptr) {
    stream.shutdown_op = &op;
    return Submitted::pending;
  }
  shut_down_writing(stream, op);
  return Submitted::done;
}

void AsioLoop::shut_down_writing(AsioStream& stream, ShutdownOp& op) noexcept {
  ErrorCode error;
  worker_.counters.system_calls.add();
  stream.stream.shutdown(TcpStream::shutdown_send, error);
  op.result = -error.value();
}

Submitted AsioLoop::start_close(CloseOp& op) noexcept {
  auto& socket = static_cast<AsioSocket&>(*op.socket);
  const bool is_detached = op.detached;  // read now: a detached one ends with its record
  const bool is_read = socket.reader != nullptr;
  socket.is_closing = true;
  ++closing_;
  op.result = 0;
  op.scratch = waiting;
  cancel_reader(socket);
  close_descriptor(socket);
  if (socket.outstanding == 0) {
    advance_close(socket);
    if (!is_read || is_detached) return Submitted::done;
    queue_result(op, 0);  // behind what was cancelled, which thus completes first
    return Submitted::pending;
  }
  if (is_detached) return Submitted::done;
  socket.close_op = &op;
  return Submitted::pending;
}

void AsioLoop::close_descriptor(AsioSocket& socket) noexcept {
  ErrorCode ignored;  // the descriptor is gone whatever close says
  worker_.counters.system_calls.add();
  if (!socket.is_listener) {
    auto& stream = static_cast<AsioStream&>(socket);
    if (ShutdownOp* shutdown = std::exchange(stream.shutdown_op, nullptr)) queue_result(*shutdown, -ECANCELED);
    stream.stream.close(ignored);
    return;
  }
  auto& listener = static_cast<AsioListener&>(socket);
  if (listener.retry.is_armed) timers_.remove(listener.retry);
  listener.ahead.reset();
  listener.acceptor.close(ignored);
}

void AsioLoop::advance_close(AsioSocket& socket) noexcept {
  if (socket.outstanding > 0) return;
  --closing_;
  group_.dispatcher->socket_closed(worker_.index);
  if (socket.close_op != nullptr) queue_result(*socket.close_op, 0);  // behind what the closing cancelled
  delete &socket;
}

}  // namespace gauntlet
