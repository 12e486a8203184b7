// A socket of the fallback.
#pragma once

#include <chrono>
#include <cstdint>

#include "runtimes/contract/op.hpp"
#include "runtimes/contract/socket.hpp"

namespace gauntlet {

class FallbackRuntime;
class FallbackSocket;

/// Tries a listener again that ran out of descriptors or memory.
class FallbackAcceptRetry final : public TimerOp {
 public:
  FallbackAcceptRetry(FallbackSocket& starved, Run fire) noexcept : TimerOp({}, fire), listener(&starved) {}
  FallbackSocket* listener;
  std::chrono::milliseconds delay{0};  ///< doubles with every failure in a row
  bool armed = false;
};

class FallbackSocket final : public SocketBase {
 public:
  enum class ReceiveKind : std::uint8_t { undecided, lent, own };

  FallbackSocket(Runtime& runtime, int descriptor, Job::Run retry_fires) noexcept
      : SocketBase(runtime, 0), fd(descriptor), retry(*this, retry_fires) {}

  Result<Endpoint> local_endpoint() const override;
  Result<Endpoint> remote_endpoint() const override;

  const int fd;
  Op* reader = nullptr;   ///< accept or receive that waits for poll(2)
  Op* writer = nullptr;   ///< connect or send that does
  bool poisoned = false;  ///< a send stopped in mid-stream
  ReceiveKind receive_kind = ReceiveKind::undecided;
  FallbackAcceptRetry retry;  ///< of listeners
};

}  // namespace gauntlet
