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
  explicit SocketBase(Runtime& owner) noexcept : runtime_(&owner), abandon_(*this, nullptr) {
    abandon_.detached = true;
  }
  SocketBase(const SocketBase&) = delete;
  SocketBase& operator=(const SocketBase&) = delete;
  virtual ~SocketBase() = default;

  Runtime& runtime() const noexcept { return *runtime_; }
  virtual Result<Endpoint> local_endpoint() const = 0;
  virtual Result<Endpoint> remote_endpoint() const = 0;

  /// Closes in the background; for handles that go out of scope. The record may be gone when this returns.
  void abandon() noexcept;

 private:
  Runtime* runtime_;
  CloseOp abandon_;
};

}  // namespace gauntlet
