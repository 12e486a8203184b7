#include "runtimes/loop/transfer.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "runtimes/loop/socket_calls.hpp"

namespace gauntlet {

namespace {

/// iovecs behind the first `sent` bytes, at most as many as one call takes. Returns how many.
std::size_t remaining_pieces(const SendOp& op, std::span<iovec> pieces) {
  std::size_t skip = op.sent;
  std::size_t count = 0;
  for (const iovec& piece : op.pieces) {
    if (skip >= piece.iov_len) {
      skip -= piece.iov_len;
      continue;
    }
    if (count == pieces.size()) break;
    pieces[count++] = {static_cast<std::byte*>(piece.iov_base) + skip, piece.iov_len - skip};
    skip = 0;
  }
  return count;
}

std::size_t total_bytes(std::span<const iovec> pieces) {
  std::size_t total = 0;
  for (const iovec& piece : pieces) total += piece.iov_len;
  return total;
}

ssize_t send_piece(int fd, const SendOp& op) {
  const iovec& piece = op.pieces.front();
  return ::send(fd, static_cast<std::byte*>(piece.iov_base) + op.sent, piece.iov_len - op.sent, MSG_NOSIGNAL);
}

ssize_t send_pieces(int fd, const SendOp& op) {
  constexpr std::size_t pieces_per_call = 64;
  iovec pieces[pieces_per_call];
  msghdr message{};
  message.msg_iov = pieces;
  message.msg_iovlen = remaining_pieces(op, pieces);
  return ::sendmsg(fd, &message, MSG_NOSIGNAL);
}

}  // namespace

std::int32_t receive_some(int fd, std::span<std::byte> memory, Counter& calls) noexcept {
  const std::size_t room = std::min<std::size_t>(memory.size(), INT_MAX);
  for (;;) {
    calls.add();
    const ssize_t got = ::recv(fd, memory.data(), room, 0);
    if (got >= 0) return static_cast<std::int32_t>(got);
    if (errno != EINTR) return -errno;
  }
}

std::int32_t send_rest(int fd, SendOp& op, WorkerCounters& counters) noexcept {
  const std::size_t total = total_bytes(op.pieces);
  while (op.sent < total) {
    counters.system_calls.add();
    const ssize_t sent = op.pieces.size() == 1 ? send_piece(fd, op) : send_pieces(fd, op);
    if (sent >= 0) {
      op.sent += static_cast<std::size_t>(sent);
      counters.bytes_copied.add(static_cast<std::size_t>(sent));
    } else if (errno != EINTR) {
      return -errno;
    }
  }
  return static_cast<std::int32_t>(std::min<std::size_t>(total, INT_MAX));
}

std::int32_t accept_next(int fd, Counter& calls) noexcept {
  for (;;) {
    calls.add();
    const int accepted = ::accept4(fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted >= 0) return accepted;
    if (errno != EINTR && !is_lost_connection(errno)) return -errno;
  }
}

std::int32_t connect_result(int fd, Counter& calls) noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  calls.add();
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) error = errno;
  return -error;
}

}  // namespace gauntlet
