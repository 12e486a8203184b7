// The socket that an operation is about.
#pragma once

#include <cassert>

#include "runtimes/contract/op.hpp"

namespace gauntlet {

/// Of an operation on a socket; of a connect, the one that it makes. Its runtime knows the record's type.
inline SocketBase* socket_of_operation(Op& op) noexcept {
  switch (op.kind()) {
    case OpKind::accept:
      return static_cast<AcceptOp&>(op).listener;
    case OpKind::connect:
      return static_cast<ConnectOp&>(op).connected;
    case OpKind::receive:
      return static_cast<ReceiveOp&>(op).socket;
    case OpKind::receive_into:
      return static_cast<ReceiveIntoOp&>(op).socket;
    case OpKind::shutdown:
      return static_cast<ShutdownOp&>(op).socket;
    default:
      assert(op.kind() == OpKind::send && "operations without a socket, and closing, are told apart before");
      return static_cast<SendOp&>(op).socket;
  }
}

}  // namespace gauntlet
