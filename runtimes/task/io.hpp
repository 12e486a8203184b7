// Sockets as a task uses them. Every awaited call yields a Result; nothing throws.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "runtimes/contract/error.hpp"
#include "runtimes/contract/op.hpp"
#include "runtimes/contract/runtime.hpp"
#include "runtimes/task/op_awaiter.hpp"

namespace gauntlet {

namespace detail {

/// Owner of a socket record; closes in the background when it goes out of scope, on any worker. All else on the
/// home worker only.
class SocketOwner {
 public:
  SocketOwner() noexcept = default;
  explicit SocketOwner(SocketBase* record) noexcept : record_(record) {}
  SocketOwner(SocketOwner&& other) noexcept : record_(std::exchange(other.record_, nullptr)) {}
  SocketOwner& operator=(SocketOwner&& other) noexcept {
    if (this != &other) {
      if (record_ != nullptr) record_->abandon();
      record_ = std::exchange(other.record_, nullptr);
    }
    return *this;
  }
  ~SocketOwner() {
    if (record_ != nullptr) record_->abandon();
  }

  bool is_open() const noexcept { return record_ != nullptr; }
  std::uint16_t home() const noexcept { return record_->home(); }
  SocketBase& record() const noexcept { return *record_; }
  Result<Endpoint> local_endpoint() const { return record_->local_endpoint(); }

  class Close : public OpAwaiter<CloseOp> {
   public:
    explicit Close(SocketBase& record) noexcept : OpAwaiter(record) {}
    Result<void> await_resume() const noexcept {
      if (op.result < 0) return errno_error(op.result);
      return {};
    }
  };
  /// Cancels what is in flight on the socket and releases it. The handle is empty from the call on.
  Close close() noexcept { return Close(*std::exchange(record_, nullptr)); }

 protected:
  SocketBase* record_ = nullptr;
};

}  // namespace detail

/// A connected TCP stream. TCP_NODELAY is set.
class Socket : public detail::SocketOwner {
 public:
  using SocketOwner::SocketOwner;

  Result<Endpoint> remote_endpoint() const { return record_->remote_endpoint(); }

  class Receive : public OpAwaiter<ReceiveOp> {
   public:
    explicit Receive(SocketBase& from) noexcept : OpAwaiter(from) {}
    Result<Buffer> await_resume() noexcept {
      if (op.result < 0) return errno_error(op.result);
      return std::move(op.buffer);
    }
  };
  /// The next bytes, in a lent buffer; empty at the end of the stream. One receive at a time.
  Receive receive() noexcept { return Receive(*record_); }

  class ReceiveInto : public OpAwaiter<ReceiveIntoOp> {
   public:
    ReceiveInto(SocketBase& from, std::span<std::byte> memory) noexcept : OpAwaiter(from, memory) {}
    Result<std::size_t> await_resume() const noexcept {
      if (op.result < 0) return errno_error(op.result);
      return static_cast<std::size_t>(op.result);
    }
  };
  /// The next bytes, in the caller's memory; 0 at the end of the stream. A socket uses one kind of receive, always.
  ReceiveInto receive_into(std::span<std::byte> memory) noexcept { return ReceiveInto(*record_, memory); }

  class SendPieces : public OpAwaiter<SendOp> {
   public:
    SendPieces(SocketBase& to, std::span<const iovec> pieces) noexcept : OpAwaiter(to, pieces) {}
    Result<void> await_resume() const noexcept {
      if (op.result < 0) return errno_error(op.result);
      return {};
    }
  };
  /// All pieces, in order. Pieces and memory must stay valid until it completes.
  SendPieces send(std::span<const iovec> pieces) noexcept { return SendPieces(*record_, pieces); }

  class SendBytes : public OpAwaiter<SendOp> {
   public:
    SendBytes(SocketBase& to, std::span<const std::byte> bytes) noexcept
        : OpAwaiter(to, std::span<const iovec>()), piece_{const_cast<std::byte*>(bytes.data()), bytes.size()} {
      op.pieces = {&piece_, 1};
    }
    Result<void> await_resume() const noexcept {
      if (op.result < 0) return errno_error(op.result);
      return {};
    }

   private:
    iovec piece_;
  };
  SendBytes send(std::span<const std::byte> bytes) noexcept { return SendBytes(*record_, bytes); }
  SendBytes send(std::string_view text) noexcept { return SendBytes(*record_, std::as_bytes(std::span(text))); }

  class Shutdown : public OpAwaiter<ShutdownOp> {
   public:
    explicit Shutdown(SocketBase& of) noexcept : OpAwaiter(of) {}
    Result<void> await_resume() const noexcept {
      if (op.result < 0) return errno_error(op.result);
      return {};
    }
  };
  /// Ends the sending direction; the peer reads what was sent, then the end of the stream.
  Shutdown shutdown() noexcept { return Shutdown(*record_); }
};

/// A listening socket.
class Listener : public detail::SocketOwner {
 public:
  using SocketOwner::SocketOwner;

  class Accept : public OpAwaiter<AcceptOp> {
   public:
    explicit Accept(SocketBase& listening) noexcept : OpAwaiter(listening) {}
    ~Accept() {
      if (op.accepted != nullptr) op.accepted->abandon();
    }
    Result<Socket> await_resume() noexcept {
      if (op.result < 0) return errno_error(op.result);
      return Socket(std::exchange(op.accepted, nullptr));
    }
  };
  Accept accept() noexcept { return Accept(*record_); }
};

class Connect : public OpAwaiter<ConnectOp> {
 public:
  explicit Connect(const Endpoint& to) noexcept : OpAwaiter(to) {}
  ~Connect() {
    if (op.connected != nullptr) op.connected->abandon();
  }
  Result<Socket> await_resume() noexcept {
    if (op.result < 0) return errno_error(op.result);
    return Socket(std::exchange(op.connected, nullptr));
  }
};

/// On the runtime of the calling worker.
inline Connect connect(const Endpoint& to) noexcept { return Connect(to); }

/// Opens a listener on the runtime of the calling worker, at once.
inline Result<Listener> listen(const Endpoint& at) {
  const Result<SocketBase*> record = this_worker()->runtime->listen(at);
  if (!record) return std::unexpected(record.error());
  return Listener(*record);
}

}  // namespace gauntlet
