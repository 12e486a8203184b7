// What a socket is to everybody but the runtime that owns it.
#pragma once

#include <cstdint>

#include "runtimes/contract/endpoint.hpp"
#include "runtimes/contract/op.hpp"

namespace gauntlet {

class Runtime;

/// Opaque record of a socket, owned by its runtime until a CloseOp completes. Belongs to one home worker, which alone
/// submits on it.
class SocketBase {
 public:
  SocketBase(Runtime& owner, std::uint16_t home) noexcept
      : runtime_(&owner), abandon_(*this, &close_at_home), home_(home) {
    abandon_.detached = true;
  }
  SocketBase(const SocketBase&) = delete;
  SocketBase& operator=(const SocketBase&) = delete;
  virtual ~SocketBase() = default;

  Runtime& runtime() const noexcept { return *runtime_; }
  /// Index of the home worker.
  std::uint16_t home() const noexcept { return home_; }
  /// The calling thread may submit on it.
  bool is_home() const noexcept;
  virtual Result<Endpoint> local_endpoint() const = 0;
  virtual Result<Endpoint> remote_endpoint() const = 0;

  /// Closes in the background, on the home worker; for handles that go out of scope, on any worker. The record may be
  /// gone when this returns.
  void abandon() noexcept;

 private:
  static void close_at_home(Job& job) noexcept;

  Runtime* runtime_;
  CloseOp abandon_;
  std::uint16_t home_;
};

}  // namespace gauntlet
