// Receiving and accepting.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <cassert>
#include <cerrno>
#include <climits>

#include "runtimes/asio/asio_loop.hpp"
#include "runtimes/loop/socket_calls.hpp"

namespace gauntlet {

namespace asio = boost::asio;

Submitted AsioLoop::start_read(AsioStream& stream, Op& op) noexcept {
  using Kind = AsioStream::ReceiveKind;
  const Kind kind = op.kind() == OpKind::receive ? Kind::lent : Kind::own;
  if (stream.receive_kind != kind && stream.receive_kind != Kind::undecided) {
    op.result = -EINVAL;
    return Submitted::done;
  }
  stream.receive_kind = kind;
  assert(stream.reader == nullptr && "one read at a time");
  op.scratch = waiting;
  if (stream.is_readable && budget_ > 0) {
    --budget_;
    if (try_read(stream, op)) return Submitted::done;
  }
  stream.reader = &op;
  if (stream.is_readable) {
    op.scratch = queued_to_try;
    answers_.push(op);
    post_pump();
  } else {
    wait_readable(stream);
  }
  return Submitted::pending;
}

bool AsioLoop::try_read(AsioStream& stream, Op& op) noexcept {
  if (op.kind() == OpKind::receive) return try_receive(stream, static_cast<ReceiveOp&>(op));
  auto& into = static_cast<ReceiveIntoOp&>(op);
  op.result = receive_bytes(stream, into.memory.first(std::min<std::size_t>(into.memory.size(), INT_MAX)));
  return op.result != -EAGAIN;
}

bool AsioLoop::try_receive(AsioStream& stream, ReceiveOp& op) noexcept {
  const BufferPool::Piece piece = buffers_.take();
  op.result = receive_bytes(stream, {piece.data, buffers_.buffer_bytes()});
  if (op.result <= 0) {
    buffers_.give_back(piece.data, piece.token);
    return op.result != -EAGAIN;
  }
  worker_.counters.buffers_lent.add();
  if (piece.token == BufferPool::heap_token) worker_.counters.buffers_heap_lent.add();
  op.buffer = Buffer(*group_.runtime, piece.data, static_cast<std::uint32_t>(op.result), piece.token);
  return true;
}

std::int32_t AsioLoop::receive_bytes(AsioStream& stream, std::span<std::byte> memory) noexcept {
  for (;;) {
    ErrorCode error;
    worker_.counters.system_calls.add();
    const std::size_t got = stream.stream.read_some(asio::buffer(memory.data(), memory.size()), error);
    if (!error) {
      // A short read has drained the socket: asking again would only fetch an EAGAIN.
      if (got < memory.size()) stream.is_readable = false;
      return static_cast<std::int32_t>(got);
    }
    if (error == asio::error::eof) return 0;
    if (error == asio::error::interrupted) continue;
    if (error == asio::error::would_block) {
      stream.is_readable = false;
      return -EAGAIN;
    }
    return -error.value();
  }
}

void AsioLoop::try_pending(AsioStream& stream) noexcept {
  Op& op = *stream.reader;
  if (!try_read(stream, op)) return wait_readable(stream);
  stream.reader = nullptr;
  complete(op);
}

void AsioLoop::wait_readable(AsioStream& stream) noexcept {
  if (stream.is_wait_armed) return;
  stream.is_wait_armed = true;
  ++stream.outstanding;
  worker_.counters.receive_rearms.add();
  worker_.counters.system_calls.add();
  stream.stream.async_wait(TcpStream::wait_read, HandlerIn(stream.reading, [this, &stream](const ErrorCode& error) {
                             on_readable(stream, error);
                           }));
}

void AsioLoop::on_readable(AsioStream& stream, const ErrorCode& error) noexcept {
  enter_handler();
  handler_came(stream);
  stream.is_wait_armed = false;
  if (stream.is_closing) return advance_close(stream);
  const bool is_waited_for = stream.reader != nullptr && stream.reader->scratch == waiting;
  if (error == asio::error::operation_aborted) {
    // Cancelling a send ends all that is asked of a socket; this one was not meant.
    if (is_waited_for) wait_readable(stream);
    return;
  }
  stream.is_readable = true;
  if (is_waited_for) try_pending(stream);
}

Submitted AsioLoop::start_accept(AsioListener& listener, AcceptOp& op) noexcept {
  assert(listener.reader == nullptr && "one accept at a time");
  op.scratch = waiting;
  if (listener.ahead && budget_ > 0) {
    --budget_;
    deliver(listener, op, *std::exchange(listener.ahead, std::nullopt));
    return Submitted::done;
  }
  if (listener.ahead) {
    deliver(listener, op, *std::exchange(listener.ahead, std::nullopt));
    queue_result(op, op.result);
    return Submitted::pending;
  }
  listener.reader = &op;
  arm_accept(listener);
  return Submitted::pending;
}

void AsioLoop::arm_accept(AsioListener& listener) noexcept {
  if (listener.is_accept_armed || listener.retry.is_armed) return;
  listener.is_accept_armed = true;
  ++listener.outstanding;
  worker_.counters.accept_rearms.add();
  worker_.counters.system_calls.add();
  // A socket stays with the io_context that it is accepted for, so its home is chosen before it comes.
  listener.next_home = group_.hands_on ? group_.dispatcher->choose() : worker_.index;
  asio::io_context& home = group_.loops[listener.next_home]->context_;
  listener.acceptor.async_accept(
      home, HandlerIn(listener.accepting, [this, &listener](const ErrorCode& error, TcpStream peer) {
        on_accepted(listener, error, std::move(peer));
      }));
}

void AsioLoop::on_accepted(AsioListener& listener, const ErrorCode& error, TcpStream peer) noexcept {
  enter_handler();
  handler_came(listener);
  listener.is_accept_armed = false;
  if (listener.is_closing) return advance_close(listener);
  auto* op = static_cast<AcceptOp*>(listener.reader);
  if (!error) {
    listener.retry.delay = {};
    worker_.counters.accepts.add();
    if (op == nullptr) {
      listener.ahead.emplace(std::move(peer));
      return;
    }
    listener.reader = nullptr;
    deliver(listener, *op, std::move(peer));
    return complete(*op);
  }
  if (is_shortage(error.value())) return retry_accept_later(listener);
  if (op == nullptr) return;
  if (is_lost_connection(error.value())) return arm_accept(listener);
  listener.reader = nullptr;
  op->result = -error.value();
  complete(*op);
}

void AsioLoop::deliver(AsioListener& listener, AcceptOp& op, TcpStream peer) noexcept {
  ErrorCode error;
  worker_.counters.system_calls.add(2);
  // Asio accepts without SOCK_CLOEXEC; a program started meanwhile would keep the connection open.
  ::fcntl(peer.native_handle(), F_SETFD, FD_CLOEXEC);
  peer.non_blocking(true, error);
  op.result = -error.value();
  if (error) return;
  group_.dispatcher->socket_opened(listener.next_home);
  op.accepted = new AsioStream(*group_.runtime, listener.next_home, std::move(peer));
}

void AsioLoop::retry_accept_later(AsioListener& listener) noexcept {
  using namespace std::chrono_literals;
  AsioAcceptRetry& retry = listener.retry;
  retry.delay = std::clamp(retry.delay * 2, 1ms, 100ms);
  retry.deadline = TimerWheel::Clock::now() + retry.delay;
  retry.is_armed = true;
  timers_.insert(retry);
  set_alarm();
}

void AsioLoop::retry_accept(Job& job) noexcept {
  auto& retry = static_cast<AsioAcceptRetry&>(job);
  retry.is_armed = false;
  if (retry.listener->reader == nullptr) return;
  retry.listener->loop->arm_accept(*retry.listener);
}

Result<SocketBase*> AsioLoop::listen(const Endpoint& endpoint) {
  SharedEndpoints::Opened opened{-1, nullptr};
  if (group_.runtime->traits().accepts_per_worker) {
    auto shared = group_.endpoints.open(endpoint, worker_.index, config_.listen_backlog);
    if (!shared) return std::unexpected(shared.error());
    opened = std::move(*shared);
  } else {
    const Result<int> fd = open_listener(endpoint, config_.listen_backlog);
    if (!fd) return std::unexpected(fd.error());
    opened.fd = *fd;
  }
  auto* listener =
      new AsioListener(*group_.runtime, worker_.index, context_.get_executor(), *this, &AsioLoop::retry_accept);
  listener->claim = std::move(opened.claim);
  ErrorCode error;
  const auto protocol = endpoint.family() == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4();
  listener->acceptor.assign(protocol, opened.fd, error);
  if (error) {  // too many descriptors are watched, or there is no memory for one more
    ::close(opened.fd);
    delete listener;
    return std::unexpected(error);
  }
  group_.dispatcher->socket_opened(worker_.index);
  return listener;
}

}  // namespace gauntlet
