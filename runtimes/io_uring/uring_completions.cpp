// What the kernel completed, and what follows from it.
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <utility>

#include "runtimes/io_uring/uring_loop.hpp"
#include "runtimes/loop/socket_calls.hpp"

#if defined(__SANITIZE_THREAD__)
#define GAUNTLET_URING_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define GAUNTLET_URING_TSAN 1
#endif
#endif

namespace gauntlet {

namespace {

// What a stream may hold ahead of the tasks before its multishot request is withdrawn. The data then waits in the
// kernel, and the peer is held back by TCP.
constexpr std::size_t chunks_ahead_bound = 16;
constexpr std::size_t connections_ahead_bound = 64;

/// A wake-up orders what the waking thread did before what the loop does next. ThreadSanitizer does not see that order
/// through the ring; a read of the counter, needless otherwise, shows it.
void show_wake_up([[maybe_unused]] int wake_fd) noexcept {
#ifdef GAUNTLET_URING_TSAN
  eventfd_t count = 0;
  eventfd_read(wake_fd, &count);
#endif
}

}  // namespace

void UringLoop::dispatch(const Completion& completion) noexcept {
  constexpr std::uint64_t tag_mask = (std::uint64_t{1} << tag_bits) - 1;
  const Tag about = static_cast<Tag>(completion.user_data & tag_mask);
  auto* socket = reinterpret_cast<UringSocket*>(completion.user_data & ~tag_mask);
  switch (about) {
    case Tag::loop:
      return on_loop(completion);
    case Tag::stream:
      return on_stream(*socket, completion);
    case Tag::reader:
      return on_reader(*socket, completion.result);
    case Tag::writer:
      return on_writer(*socket, completion);
    case Tag::cancel:
      // The result says nothing that the completion of the cancelled request does not say. ENOENT: it had ended.
      if (socket == nullptr) {
        is_cancelling_all_ = false;
        return;
      }
      request_done(*socket);
      return advance_close(*socket);
    case Tag::close:
      return on_closed(*socket, completion.result);
    case Tag::operation:
      return on_operation(*reinterpret_cast<Op*>(completion.user_data & ~tag_mask), completion.result);
    // ENOMEM; or the other thread has ended (EOWNERDEAD), or has not enabled its ring yet (EBADFD), between two runs. A
    // full queue is none of these: the kernel keeps what does not fit.
    case Tag::undelivered:
      return group_->loops[completion.user_data >> tag_bits]->wake(nullptr);
  }
}

void UringLoop::on_loop(const Completion& completion) noexcept {
  switch (static_cast<Note>(completion.user_data >> tag_bits)) {
    case Note::wake_up:
      watches_wake_ups_ = (completion.flags & IORING_CQE_F_MORE) != 0;
      return show_wake_up(wake_.number());
    case Note::message:
      return worker_.counters.ring_wakeups.add();
    case Note::nobody_asks:
      return;
  }
}

void UringLoop::request_done(UringSocket& socket) noexcept {
  assert(socket.in_kernel > 0 && in_flight_ > 0);
  --socket.in_kernel;
  --in_flight_;
}

void UringLoop::on_stream(UringSocket& socket, const Completion& completion) noexcept {
  if ((completion.flags & IORING_CQE_F_MORE) == 0) {
    request_done(socket);
    socket.is_stream_armed = socket.is_stream_cancelling = false;
  }
  if (socket.listening) {
    took_connection(socket, completion.result);
  } else {
    took_bytes(socket, completion);
  }
  advance_close(socket);
  Op* op = socket.reader;
  if (op == nullptr || op->scratch != waiting) return;
  if (!socket.has_ready()) {
    arm_stream(socket);
  } else if (is_quiescing_) {
    queue_try(*op);
  } else {
    socket.reader = nullptr;
    take_ready(socket, *op);
    complete(*op);
  }
}

void UringLoop::hold_back(UringSocket& socket, std::size_t ahead, std::size_t bound) noexcept {
  if (ahead < bound || !socket.is_stream_armed || socket.is_stream_cancelling) return;
  socket.is_stream_cancelling = true;
  cancel_request(socket, Tag::stream);
}

void UringLoop::took_connection(UringSocket& listener, std::int32_t result) noexcept {
  if (result >= 0) {
    worker_.counters.accepts.add();
    if (listener.is_closing) {
      worker_.counters.system_calls.add();
      ::close(result);
      return;
    }
    listener.listening->retry.delay = {};
    listener.listening->ready.push_back(result);
    return hold_back(listener, listener.listening->ready.size(), connections_ahead_bound);
  }
  if (listener.is_closing || is_interrupted(result)) return;
  if (result == -ECANCELED) return;  // held back, or the end of a run
  if (is_lost_connection(-result)) return;
  if (is_shortage(-result)) return retry_accept_later(listener);
  listener.stream_end = result;
}

void UringLoop::retry_accept_later(UringSocket& listener) noexcept {
  using namespace std::chrono_literals;
  UringAcceptRetry& retry = listener.listening->retry;
  if (retry.is_armed) return;
  retry.delay = std::clamp(retry.delay * 2, 1ms, 100ms);
  retry.deadline = TimerWheel::Clock::now() + retry.delay;
  retry.is_armed = true;
  timers_.insert(retry);
}

void UringLoop::retry_accept(Job& job) noexcept {
  auto& retry = static_cast<UringAcceptRetry&>(job);
  retry.is_armed = false;
  if (retry.listener->reader != nullptr) retry.loop->arm_stream(*retry.listener);
}

void UringLoop::took_bytes(UringSocket& socket, const Completion& completion) noexcept {
  if ((completion.flags & IORING_CQE_F_BUFFER) != 0) {
    const auto id = static_cast<std::uint16_t>(completion.flags >> IORING_CQE_BUFFER_SHIFT);
    if (completion.result > 0 && !socket.is_closing) {
      socket.append(buffers_->take(id, static_cast<std::uint32_t>(completion.result)));
    } else {
      buffers_->recycle(id);
    }
  }
  if (completion.result > 0) return hold_back(socket, socket.chunks_ahead, chunks_ahead_bound);
  switch (-completion.result) {
    case ECANCELED:  // held back, closed, or the end of a run
    case ENOBUFS:    // all buffers were in use: those of the reserve are back by the next enter
    case EINTR:
    case EAGAIN:
      return;
    default:
      socket.stream_end = completion.result;
  }
}

void UringLoop::on_reader(UringSocket& socket, std::int32_t result) noexcept {
  request_done(socket);
  Op& op = *socket.reader;
  const bool is_unwanted = op.scratch == cancel_asked || socket.is_closing;
  if (!is_unwanted) {
    if (result == -ECANCELED) return restart_later(socket, &op);
    if (is_interrupted(result)) return request_reader(socket);
  }
  socket.reader = nullptr;
  advance_close(socket);
  finish(op, is_interrupted(result) ? -ECANCELED : result);
}

void UringLoop::on_writer(UringSocket& socket, const Completion& completion) noexcept {
  if ((completion.flags & IORING_CQE_F_NOTIF) != 0) return on_notification(socket, completion.result);
  if ((completion.flags & IORING_CQE_F_MORE) != 0) {
    settle_later(socket, completion.result);
  } else {
    request_done(socket);
  }
  Op& op = *socket.writer;
  const auto outcome = op.kind() == OpKind::connect
                           ? after_connect(socket, static_cast<ConnectOp&>(op), completion.result)
                           : after_send(socket, static_cast<SendOp&>(op), completion.result);
  if (!outcome) return;
  if (socket.is_unsettled) return end_when_settled(socket, static_cast<SendOp&>(op), *outcome);
  end_write(socket, op, *outcome);
}

void UringLoop::end_write(UringSocket& socket, Op& op, std::int32_t result) noexcept {
  socket.writer = nullptr;
  if (ShutdownOp* shutdown = std::exchange(socket.shutdown_op, nullptr)) {
    shut_down_writing(socket, *shutdown);
    queue_result(*shutdown, shutdown->result);
  }
  if (op.kind() == OpKind::connect && result < 0) {
    static_cast<ConnectOp&>(op).connected = nullptr;
    begin_close(socket);
  }
  advance_close(socket);
  finish(op, result);
}

std::optional<std::int32_t> UringLoop::after_connect(UringSocket& socket, ConnectOp& op, std::int32_t result) noexcept {
  if (socket.waits_for_connect && result > 0) {
    int error = 0;
    socklen_t size = sizeof error;
    worker_.counters.system_calls.add();
    if (getsockopt(socket.fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) error = errno;
    return -error;
  }
  // EAGAIN: the kernel has not begun to connect, and a poll would take that for a connection.
  const bool goes_on = socket.waits_for_connect ? is_interrupted(result) : result == -EINTR;
  if (result == -ECANCELED || goes_on) {
    if (op.scratch == cancel_asked || socket.is_closing) return -ECANCELED;
    // The kernel has begun to connect; a second connect would fail with EALREADY.
    socket.waits_for_connect = true;
    if (result == -ECANCELED) {
      restart_later(socket, &op);
    } else {
      request_writer(socket);
    }
    return std::nullopt;
  }
  return result;
}

void UringLoop::on_closed(UringSocket& socket, [[maybe_unused]] std::int32_t result) noexcept {
  // Whatever else it says (EINTR, EIO), the descriptor is gone.
  assert(result != -EBADF && "somebody else closed a socket of this runtime");
  request_done(socket);
  --closing_;
  if (socket.close_op != nullptr) queue_result(*socket.close_op, 0);  // behind what the closing cancelled
  delete &socket;
}

}  // namespace gauntlet
