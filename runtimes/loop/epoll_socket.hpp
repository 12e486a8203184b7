// A socket of an epoll loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "runtimes/contract/op.hpp"
#include "runtimes/contract/socket.hpp"

namespace gauntlet {

class EpollSocket;

/// Tries a listener again that ran out of descriptors or memory.
class AcceptRetry final : public TimerOp {
 public:
  AcceptRetry(EpollSocket& starved, Run fire) noexcept : TimerOp({}, fire), listener(&starved) {}
  EpollSocket* listener;
  std::chrono::milliseconds delay{0};  ///< doubles with every failure in a row
  bool armed = false;
};

/// Edge-triggered: `readable` and `writable` remember what the kernel said until a call returns EAGAIN or comes up
/// short. Home worker only.
class EpollSocket final : public SocketBase {
 public:
  enum class ReceiveKind : std::uint8_t { undecided, lent, own };

  EpollSocket(Runtime& runtime, std::uint16_t home, int descriptor) noexcept
      : SocketBase(runtime, home), fd(descriptor) {}

  Result<Endpoint> local_endpoint() const override;
  Result<Endpoint> remote_endpoint() const override;

  int fd;
  Op* reader = nullptr;  ///< accept or receive that is pending
  Op* writer = nullptr;  ///< connect or send that is pending
  bool readable = false;
  bool writable = true;
  bool peer_finished =
      false;              ///< a hang-up was reported: read until the end of the stream, without waiting for an edge
  bool poisoned = false;  ///< a send stopped in mid-stream
  ReceiveKind receive_kind = ReceiveKind::undecided;
  std::unique_ptr<AcceptRetry> retry;  ///< listeners only, once they have starved
  EpollSocket* next_retired = nullptr;
};

}  // namespace gauntlet
