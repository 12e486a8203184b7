// A socket that any worker may use.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>

#include "runtimes/contract/op.hpp"
#include "runtimes/contract/socket.hpp"
#include "runtimes/work_stealing/driver_record.hpp"
#include "runtimes/work_stealing/readiness.hpp"

namespace gauntlet {

class SharedSocket;

/// One direction of a socket; as a Job, the attempt to answer its operation.
class Direction final : public Job {
 public:
  Direction(SharedSocket& of, Run answer, bool alone, bool ready) noexcept
      : Job(answer), socket(&of), readiness(alone, ready) {}

  SharedSocket* socket;
  Op* op = nullptr;  ///< belongs to whom `readiness` says
  Readiness readiness;
};

/// Tries a listener again that ran out of descriptors or memory. Armed, it counts as a user of its socket.
class SharedAcceptRetry final : public TimerOp {
 public:
  SharedAcceptRetry(SharedSocket& starved, Run fire) noexcept : TimerOp({}, fire), listener(&starved) {}
  SharedSocket* listener;
  std::chrono::milliseconds delay{0};  ///< doubles with every failure in a row
  std::atomic<bool> armed{false};
};

class SharedSocket final : public SocketBase, public DriverRecord {
 public:
  enum class ReceiveKind : std::uint8_t { undecided, lent, own };

  SharedSocket(Runtime& runtime, std::uint16_t home, int descriptor, Job::Run answer, bool alone,
               bool connected) noexcept
      : SocketBase(runtime, home),
        DriverRecord(Kind::socket),
        fd(descriptor),
        reading(*this, answer, alone, false),
        writing(*this, answer, alone, connected) {}

  Result<Endpoint> local_endpoint() const override;
  Result<Endpoint> remote_endpoint() const override;

  int fd;
  Direction reading;                                  ///< accept or receive
  Direction writing;                                  ///< connect or send
  std::unique_ptr<SharedAcceptRetry> retry;           ///< of the keeper of `reading`
  ReceiveKind receive_kind = ReceiveKind::undecided;  ///< of whoever reads
  bool poisoned = false;                              ///< a send stopped in mid-stream; of whoever writes

  /// The handle, each direction that a close has to wait for, an armed retry. The last one to go closes the descriptor.
  std::atomic<std::uint32_t> users{1};
  CloseOp* closing = nullptr;  ///< completes with the last user; null: somebody who does not wait
};

}  // namespace gauntlet
