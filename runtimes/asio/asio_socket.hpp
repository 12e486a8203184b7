// Sockets of the Asio loop.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "runtimes/asio/handler_memory.hpp"
#include "runtimes/contract/op.hpp"
#include "runtimes/contract/socket.hpp"

namespace gauntlet {

/// Bound to the io_context's own executor: the default, any_io_executor, is type-erased and costs on every operation.
using AsioExecutor = boost::asio::io_context::executor_type;
using TcpStream = boost::asio::basic_stream_socket<boost::asio::ip::tcp, AsioExecutor>;
using TcpAcceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, AsioExecutor>;

/// What streams and listeners share. Asio answers every asynchronous call with its handler, also after close; the
/// record lives until the last of them came. Home worker only.
class AsioSocket : public SocketBase {
 public:
  AsioSocket(Runtime& runtime, std::uint16_t home, bool listens) noexcept
      : SocketBase(runtime, home), is_listener(listens) {}

  Result<Endpoint> local_endpoint() const override;
  Result<Endpoint> remote_endpoint() const override;
  virtual int descriptor() const = 0;

  const bool is_listener;
  bool is_closing = false;
  std::uint32_t outstanding = 0;  ///< handlers that Asio still owes
  Op* reader = nullptr;           ///< accept or receive that is pending
  CloseOp* close_op = nullptr;    ///< waits for the last handler; null when nobody does
};

/// Reading is async_wait and a non-blocking read behind it, so that an idle connection holds no buffer. A wait stays
/// armed when its operation is cancelled: the next one uses it.
class AsioStream final : public AsioSocket {
 public:
  enum class ReceiveKind : std::uint8_t { undecided, lent, own };

  AsioStream(Runtime& runtime, std::uint16_t home, TcpStream socket) noexcept
      : AsioSocket(runtime, home, false), stream(std::move(socket)) {}
  int descriptor() const override { return const_cast<TcpStream&>(stream).native_handle(); }

  HandlerMemory reading;  ///< these two outlive `stream`, whose destructor may end operations
  HandlerMemory writing;
  TcpStream stream;
  Op* writer = nullptr;               ///< connect or send that is pending
  ShutdownOp* shutdown_op = nullptr;  ///< waits for the writer
  bool is_readable = false;           ///< the last wait or a full read said so
  bool is_wait_armed = false;
  bool is_poisoned = false;  ///< a send stopped in mid-stream
  ReceiveKind receive_kind = ReceiveKind::undecided;
};

class AsioListener;
class AsioLoop;

/// Tries a listener again that ran out of descriptors or memory.
class AsioAcceptRetry final : public TimerOp {
 public:
  AsioAcceptRetry(AsioListener& starved, Run fire) noexcept : TimerOp({}, fire), listener(&starved) {}
  AsioListener* listener;
  std::chrono::milliseconds delay{0};  ///< doubles with every failure in a row
  bool is_armed = false;
};

class AsioListener final : public AsioSocket {
 public:
  AsioListener(Runtime& runtime, std::uint16_t home, const AsioExecutor& executor, AsioLoop& owner, Job::Run retry_fire)
      : AsioSocket(runtime, home, true), loop(&owner), acceptor(executor), retry(*this, retry_fire) {}
  int descriptor() const override { return const_cast<TcpAcceptor&>(acceptor).native_handle(); }

  AsioLoop* loop;
  std::shared_ptr<void> claim;  ///< to an endpoint that workers share
  HandlerMemory accepting;
  TcpAcceptor acceptor;
  AsioAcceptRetry retry;
  bool is_accept_armed = false;
  std::uint16_t next_home = 0;     ///< of the connection that is waited for, or of `ahead`
  std::optional<TcpStream> ahead;  ///< accepted for an operation that was cancelled meanwhile
};

}  // namespace gauntlet
