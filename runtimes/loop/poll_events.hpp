// Events of poll(2), which are those of epoll and of io_uring too, and what an operation asks for.
#pragma once

#include <poll.h>

#include <cerrno>
#include <cstdint>

#include "runtimes/contract/op.hpp"

namespace gauntlet {

inline std::uint32_t poll_events_of(const PollOp& op) noexcept {
  return (op.wants(PollFor::read) ? std::uint32_t{POLLIN} : 0) |
         (op.wants(PollFor::write) ? std::uint32_t{POLLOUT} : 0);
}

/// The result of the operation when the kernel has reported `events`.
inline std::int32_t poll_result(const PollOp& op, std::uint32_t events) noexcept {
  if ((events & (POLLERR | POLLHUP)) != 0) return op.wanted;
  std::uint32_t ready = 0;
  if ((events & POLLIN) != 0) ready |= static_cast<std::uint32_t>(PollFor::read);
  if ((events & POLLOUT) != 0) ready |= static_cast<std::uint32_t>(PollFor::write);
  return static_cast<std::int32_t>(ready & op.wanted);
}

/// The same when the kernel has refused to watch the descriptor, with `error`.
inline std::int32_t poll_refused(const PollOp& op, int error) noexcept {
  switch (error) {
    case EPERM:  // nothing to wait for: it never blocks
      return op.wanted;
    case EEXIST:
      return -EBUSY;
    default:
      return -error;
  }
}

}  // namespace gauntlet
