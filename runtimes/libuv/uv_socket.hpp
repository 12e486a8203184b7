// A socket of a libuv loop.
#pragma once

#include <uv.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "runtimes/contract/op.hpp"
#include "runtimes/contract/socket.hpp"

namespace gauntlet {

class UvSocket;

/// What libuv wants to have while it writes, connects or shuts down; from the loop's slab.
struct UvRequest {
  union {
    uv_write_t write;
    uv_connect_t connect;
    uv_shutdown_t shutdown;
  };
  UvSocket* socket = nullptr;
  Op* op = nullptr;
  std::size_t bytes = 0;  ///< that were given to uv_write
  UvRequest* next = nullptr;
};

/// Bytes received ahead of the tasks, in memory of the loop's buffer pool.
struct UvChunk {
  std::byte* data = nullptr;
  std::uint32_t offset = 0;  ///< taken already, by a receive into smaller memory
  std::uint32_t size = 0;
  std::uint32_t token = 0;
  UvChunk* next = nullptr;
};

/// Tries a listener again that found no descriptor free.
class UvAcceptRetry final : public TimerOp {
 public:
  UvAcceptRetry(UvSocket& starved, Run fire) noexcept : TimerOp({}, fire), listener(&starved) {}
  UvSocket* listener;
  std::chrono::milliseconds delay{0};  ///< doubles with every failure in a row
  bool is_armed = false;
};

/// What only a listener has.
struct UvListening {
  UvListening(UvSocket& listener, Job::Run retry_fire) noexcept : retry(listener, retry_fire) {}
  UvSocket* first_ready = nullptr;  ///< accepted ahead of the tasks
  UvSocket* last_ready = nullptr;
  std::uint32_t ready_count = 0;
  bool is_holding = false;  ///< libuv has a connection in hand and accepts no other until it is taken
  UvAcceptRetry retry;
  std::shared_ptr<void> claim;  ///< to an endpoint that workers share
};

/// The record lives until the last of its handles has called back from uv_close. Home worker only.
class UvSocket final : public SocketBase {
 public:
  enum class ReceiveKind : std::uint8_t { undecided, lent, own };
  static constexpr std::int32_t stream_goes_on = 1;

  UvSocket(Runtime& runtime, std::uint16_t home) noexcept : SocketBase(runtime, home) {}

  Result<Endpoint> local_endpoint() const override;
  Result<Endpoint> remote_endpoint() const override;

  uv_stream_t* stream() const noexcept { return reinterpret_cast<uv_stream_t*>(tcp); }

  /// Something for a waiting accept or receive.
  bool has_ready() const noexcept {
    return first_chunk != nullptr || stream_end != stream_goes_on || (listening && listening->first_ready != nullptr);
  }

  uv_tcp_t* tcp = nullptr;     ///< its `data` is this record; on the heap, since libuv needs it until it calls back
  int handed_fd = -1;          ///< accepted by another worker: what `tcp` will be made of; owned
  std::uint32_t handles = 0;   ///< that have not called back from uv_close: `tcp`, and those that it replaced
  Op* reader = nullptr;        ///< accept or receive that is pending
  Op* writer = nullptr;        ///< connect or send that is pending
  UvRequest* write = nullptr;  ///< what uv_write works on
  ShutdownOp* shutdown_op = nullptr;
  CloseOp* close_op = nullptr;  ///< waits for everything; null when nobody does

  UvChunk* first_chunk = nullptr;  ///< received ahead of the tasks
  UvChunk* last_chunk = nullptr;
  std::uint32_t chunks_ahead = 0;
  std::int32_t stream_end = stream_goes_on;  ///< behind the chunks: 0 is the end of the stream, else minus an errno

  std::uint32_t answered_turn = 0;  ///< the turn in which `answers` were given straight from a callback
  std::uint32_t answers = 0;

  bool is_reading = false;
  bool is_shutting_down = false;  ///< uv_shutdown was called for shutdown_op
  bool is_shut_down = false;
  bool is_closing = false;
  bool is_poisoned = false;  ///< a send stopped in mid-stream
  ReceiveKind receive_kind = ReceiveKind::undecided;

  std::unique_ptr<UvListening> listening;
  UvSocket* next_ready = nullptr;
};

}  // namespace gauntlet
