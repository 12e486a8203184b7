// A socket of the io_uring loop.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>

#include "runtimes/contract/op.hpp"
#include "runtimes/contract/socket.hpp"
#include "runtimes/io_uring/buffer_ring.hpp"

namespace gauntlet {

class UringLoop;
class UringSocket;

/// Tries a listener again that ran out of descriptors or memory.
class UringAcceptRetry final : public TimerOp {
 public:
  UringAcceptRetry(UringLoop& home, UringSocket& starved, Run fire) noexcept
      : TimerOp({}, fire), loop(&home), listener(&starved) {}
  UringLoop* loop;
  UringSocket* listener;
  std::chrono::milliseconds delay{0};  ///< doubles with every failure in a row
  bool is_armed = false;
};

/// What only a listener has.
struct Listening {
  Listening(UringLoop& home, UringSocket& listener, Job::Run retry_fire) noexcept : retry(home, listener, retry_fire) {}
  std::deque<int> ready;  ///< descriptors accepted ahead of the tasks
  UringAcceptRetry retry;
  std::shared_ptr<void> claim;  ///< to an endpoint that other loops listen at too
};

/// Two directions. Reading is a stream (a multishot accept or receive that runs ahead of the tasks, up to a bound) or
/// single requests into the caller's memory; writing is one connect or send at a time. `in_kernel` counts the requests
/// that name this record and have not posted their last completion: the record lives until it is 0. Home worker only.
class UringSocket final : public SocketBase {
 public:
  enum class ReceiveKind : std::uint8_t { undecided, lent, own };
  static constexpr std::int32_t stream_goes_on = 1;

  UringSocket(Runtime& runtime, std::uint16_t home, int descriptor) noexcept
      : SocketBase(runtime, home), fd(descriptor) {}

  Result<Endpoint> local_endpoint() const override;
  Result<Endpoint> remote_endpoint() const override;

  /// Something for a waiting accept or receive.
  bool has_ready() const noexcept {
    return first_chunk != nullptr || stream_end != stream_goes_on || (listening && !listening->ready.empty());
  }

  void append(Chunk& chunk) noexcept {
    chunk.next = nullptr;
    (first_chunk == nullptr ? first_chunk : last_chunk->next) = &chunk;
    last_chunk = &chunk;
    ++chunks_ahead;
  }

  Chunk& pop_chunk() noexcept {
    Chunk& chunk = *first_chunk;
    first_chunk = chunk.next;
    --chunks_ahead;
    return chunk;
  }

  int fd;
  std::uint32_t in_kernel = 0;
  Op* reader = nullptr;               ///< accept or receive that is pending
  Op* writer = nullptr;               ///< connect or send that is pending
  ShutdownOp* shutdown_op = nullptr;  ///< waits for the writer
  CloseOp* close_op = nullptr;        ///< waits for everything; null when nobody does

  Chunk* first_chunk = nullptr;  ///< received ahead of the tasks
  Chunk* last_chunk = nullptr;
  std::uint32_t chunks_ahead = 0;
  std::int32_t stream_end = stream_goes_on;  ///< behind the chunks: 0 is the end of the stream, else minus an errno

  bool is_stream_armed = false;
  bool is_stream_cancelling = false;
  bool is_closing = false;
  bool is_close_queued = false;
  bool is_poisoned = false;        ///< a send stopped in mid-stream
  bool is_restart_queued = false;  ///< the loop's list of restarts names this record
  bool is_zero_copy = false;       ///< the send that the kernel has leaves the bytes where they are
  bool must_copy = false;          ///< the kernel would not do so, for this send
  bool waits_for_connect = false;  ///< the writer is a poll for a connect that began in an earlier run
  ReceiveKind receive_kind = ReceiveKind::undecided;

  bool is_unsettled = false;          ///< a notification is to come: until then the kernel may read what was sent
  std::uint32_t unsettled_bytes = 0;  ///< how much that is
  std::uint32_t unsettled_at = 0;     ///< where the record stands in the loop's list
  std::uint32_t registered_in = 0;    ///< the ring, by its number, whose table of files the descriptor stands in

  msghdr message{};  ///< of a gathering send; the kernel reads it at submission
  std::unique_ptr<Listening> listening;
  UringSocket* next_restart = nullptr;
};

}  // namespace gauntlet
