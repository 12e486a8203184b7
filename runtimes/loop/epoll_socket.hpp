// A socket of an epoll loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include "runtimes/contract/op.hpp"
#include "runtimes/contract/socket.hpp"

namespace gauntlet {

class EpollLoop;
class EpollSocket;

/// Tries a listener again that ran out of descriptors or memory.
class AcceptRetry final : public TimerOp {
 public:
  AcceptRetry(EpollLoop& home, EpollSocket& starved, Run fire) noexcept
      : TimerOp({}, fire), loop(&home), listener(&starved) {}
  EpollLoop* loop;
  EpollSocket* listener;
  std::chrono::milliseconds delay{0};  ///< doubles with every failure in a row
  bool armed = false;
};

/// Edge-triggered: `readable` and `writable` remember what the kernel said until a call returns EAGAIN or comes up
/// short. Home worker only.
class EpollSocket : public SocketBase {
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

/// A listener at an endpoint that other loops listen at too. The claim to it ends with the record.
class SharingListener final : public EpollSocket {
 public:
  SharingListener(Runtime& runtime, std::uint16_t home, int descriptor, std::shared_ptr<void> endpoint_claim) noexcept
      : EpollSocket(runtime, home, descriptor), claim(std::move(endpoint_claim)) {}
  std::shared_ptr<void> claim;
};

}  // namespace gauntlet
