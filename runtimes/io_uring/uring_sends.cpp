// Sends: gathered, in full, and without copying where that pays.
#include <sys/socket.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <climits>
#include <numeric>

#include "runtimes/io_uring/uring_loop.hpp"

namespace gauntlet {

namespace {

constexpr std::size_t pieces_per_send = 1024;

std::size_t total_bytes(const SendOp& op) noexcept {
  return std::accumulate(op.pieces.begin(), op.pieces.end(), std::size_t{0},
                         [](std::size_t sum, const iovec& piece) { return sum + piece.iov_len; });
}

/// There is no memory to pin, or not of this socket: the same bytes may still be sent as a copy.
bool refuses_zero_copy(std::int32_t result) noexcept {
  return result == -ENOMEM || result == -ENOBUFS || result == -EOPNOTSUPP;
}

}  // namespace

Submitted UringLoop::start_send(SendOp& op) noexcept {
  UringSocket& socket = socket_of(op);
  assert(socket.home() == worker_.index && "a socket was written to away from its home");
  if (socket.is_poisoned || socket.writer != nullptr) {
    op.result = socket.is_poisoned ? -EPIPE : -EBUSY;
    return Submitted::done;
  }
  if (std::ranges::all_of(op.pieces, [](const iovec& piece) { return piece.iov_len == 0; })) {
    op.result = 0;
    return Submitted::done;
  }
  op.scratch = waiting;
  socket.writer = &op;
  socket.must_copy = false;
  request_writer(socket);
  return Submitted::pending;
}

void UringLoop::request_send(UringSocket& socket, const SendOp& op, io_uring_sqe& entry) noexcept {
  std::size_t skip = op.sent;
  std::size_t first = 0;
  while (skip >= op.pieces[first].iov_len) skip -= op.pieces[first++].iov_len;
  // One notification at a time: what follows in the same send meanwhile is copied.
  socket.is_zero_copy = sends_zero_copy() && !socket.must_copy && !socket.is_unsettled &&
                        total_bytes(op) - op.sent >= config_.zero_copy_bytes;
  constexpr int flags = MSG_WAITALL | MSG_NOSIGNAL;
  // The rest of a piece that was cut goes alone, so that the caller's pieces serve as they are.
  if (skip > 0 || first + 1 == op.pieces.size()) {
    const iovec& piece = op.pieces[first];
    io_uring_prep_send(&entry, socket.fd, static_cast<std::byte*>(piece.iov_base) + skip,
                       std::min(piece.iov_len - skip, Ring::bytes_per_request), flags);
    if (socket.is_zero_copy) entry.opcode = IORING_OP_SEND_ZC;
  } else {
    const auto rest = op.pieces.subspan(first);
    socket.message.msg_iov = const_cast<iovec*>(rest.data());
    socket.message.msg_iovlen = std::min(rest.size(), pieces_per_send);
    io_uring_prep_sendmsg(&entry, socket.fd, &socket.message, flags);
    if (socket.is_zero_copy) entry.opcode = IORING_OP_SENDMSG_ZC;
  }
  if (socket.is_zero_copy) entry.ioprio |= kernel::send_zc_report_usage;
}

std::optional<std::int32_t> UringLoop::after_send(UringSocket& socket, SendOp& op, std::int32_t result) noexcept {
  assert(result != 0 && "a request to send nothing was made");
  const bool is_unwanted = op.scratch == cancel_asked || socket.is_closing;
  if (result > 0) {
    op.sent += static_cast<std::size_t>(result);
    if (!socket.is_zero_copy) worker_.counters.bytes_copied.add(static_cast<std::size_t>(result));
    const std::size_t total = total_bytes(op);
    if (op.sent == total) return static_cast<std::int32_t>(std::min<std::size_t>(total, INT_MAX));
  }
  if (socket.is_zero_copy && refuses_zero_copy(result)) {
    socket.must_copy = true;
    result = -EAGAIN;
  }
  // In mid-stream: more than one request takes, or withdrawn after a part.
  const bool goes_on = result > 0 || result == -ECANCELED || is_interrupted(result);
  if (goes_on && !is_unwanted) {
    if (result == -ECANCELED || is_quiescing_) {
      restart_later(socket, &op);
    } else {
      request_writer(socket);
    }
    return std::nullopt;
  }
  if (op.sent > 0) socket.is_poisoned = true;
  return goes_on ? -ECANCELED : result;
}

// Sends that leave the bytes where they are.
//
// Such a request completes twice: when the bytes are in the send queue of the socket, and, by a notification, when
// nothing of the kernel refers to their memory any more, which is when the peer has acknowledged them. Only then does
// the operation complete, since its memory is the caller's again. Whoever cannot wait for a peer that takes nothing (a
// cancellation, a close, the end of a run) gets the memory back by resetting the connection.

void UringLoop::settle_later(UringSocket& socket, std::int32_t sent) noexcept {
  assert(!socket.is_unsettled && "one notification at a time");
  socket.is_unsettled = true;
  socket.unsettled_bytes = static_cast<std::uint32_t>(std::max(sent, 0));
  socket.unsettled_at = static_cast<std::uint32_t>(unsettled_.size());
  unsettled_.push_back(&socket);
}

void UringLoop::on_notification(UringSocket& socket, std::int32_t what) noexcept {
  request_done(socket);
  const bool was_copied = (static_cast<std::uint32_t>(what) & kernel::notification_was_copied) != 0;
  worker_.counters.zero_copy_notifications.add();
  (was_copied ? worker_.counters.bytes_copied : worker_.counters.bytes_zero_copied).add(socket.unsettled_bytes);
  socket.is_unsettled = false;
  UringSocket& last = *unsettled_.back();
  last.unsettled_at = socket.unsettled_at;
  unsettled_[last.unsettled_at] = &last;
  unsettled_.pop_back();
  Op* op = socket.writer;
  if (op != nullptr && op->scratch == sent_unsettled) return end_write(socket, *op, op->result);
  advance_close(socket);
}

void UringLoop::end_when_settled(UringSocket& socket, SendOp& op, std::int32_t result) noexcept {
  const bool is_unwanted = op.scratch == cancel_asked || socket.is_closing;
  op.scratch = sent_unsettled;
  op.result = result;
  if (is_unwanted || result < 0) give_up_unsettled(socket, -ECANCELED);
}

/// `error`: what the operation ends with, if it was to end well.
void UringLoop::give_up_unsettled(UringSocket& socket, std::int32_t error) noexcept {
  Op* op = socket.writer;
  if (op != nullptr && op->scratch == sent_unsettled && op->result >= 0) op->result = error;
  socket.is_poisoned = true;
  // connect(2): a stream socket may dissolve its association. TCP then empties the send queue and sends a reset.
  const sockaddr none{.sa_family = AF_UNSPEC, .sa_data = {}};
  worker_.counters.system_calls.add();
  ::connect(socket.fd, &none, sizeof none);
}

void UringLoop::give_up_all_unsettled() noexcept {
  for (UringSocket* socket : unsettled_) give_up_unsettled(*socket, -ECONNRESET);
}

}  // namespace gauntlet
