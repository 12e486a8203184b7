// What a socket is to everybody but the runtime that owns it.
#pragma once

#include <cstdint>

#include "runtimes/contract/endpoint.hpp"
#include "runtimes/contract/home_bound.hpp"
#include "runtimes/contract/op.hpp"

namespace gauntlet {

/// Opaque record of a socket, owned by its runtime until a CloseOp completes. Belongs to one home worker, which alone
/// submits on it.
class SocketBase : public HomeBound {
 public:
  SocketBase(Runtime& owner, std::uint16_t home) noexcept : HomeBound(owner, home), abandon_(*this, &close_at_home) {
    abandon_.detached = true;
  }
  virtual ~SocketBase() = default;

  virtual Result<Endpoint> local_endpoint() const = 0;
  virtual Result<Endpoint> remote_endpoint() const = 0;

  /// Closes in the background, on the home worker; for handles that go out of scope, on any worker. The record may be
  /// gone when this returns.
  void abandon() noexcept;

 private:
  static void close_at_home(Job& job) noexcept;

  CloseOp abandon_;
};

}  // namespace gauntlet
