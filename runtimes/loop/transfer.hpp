// The system calls that move bytes and connections, with the errors that every loop handles alike.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "runtimes/contract/metrics.hpp"
#include "runtimes/contract/op.hpp"

namespace gauntlet {

// Each returns minus an errno on failure, never -EINTR; -EAGAIN: the socket is not ready. `calls` counts the calls.

/// Bytes received, at most as many as `memory` takes; 0 at the end of the stream.
std::int32_t receive_some(int fd, std::span<std::byte> memory, Counter& calls) noexcept;

/// Goes on with the send where `op.sent` says. When all is sent: the operation's result. Counts calls and bytes.
std::int32_t send_rest(int fd, SendOp& op, WorkerCounters& counters) noexcept;

/// The next connection's descriptor. Connections that were lost meanwhile are passed over.
std::int32_t accept_next(int fd, Counter& calls) noexcept;

/// What became of a connect: 0 or minus an errno.
std::int32_t connect_result(int fd, Counter& calls) noexcept;

}  // namespace gauntlet
