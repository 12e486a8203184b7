// Operations: what a task may ask of a runtime, as data inside the awaiting frame.
#pragma once

#include <cassert>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "runtimes/contract/buffer.hpp"
#include "runtimes/contract/endpoint.hpp"
#include "runtimes/contract/job.hpp"
#include "runtimes/contract/native_sockets.hpp"

namespace gauntlet {

class SocketBase;

enum class OpKind : std::uint8_t {
  accept,
  connect,
  receive,
  receive_into,
  send,
  shutdown,
  close,
  timer,
  file,  ///< see FileOp
  close_file,
  poll
};

/// One operation. Submitted on the home worker of its socket, it completes exactly once, there, never inside submit()
/// or cancel(): the runtime stores `result` and calls `run`. From submit to completion it must stay where it is;
/// destroying it in flight is a programmer's error and asserts.
class Op : public Job {
 public:
  Op(OpKind kind, Run completion) noexcept : Job(completion) { tag = static_cast<std::uint8_t>(kind); }
  ~Op() { assert(!in_flight && "an operation was destroyed before it completed"); }

  OpKind kind() const noexcept { return static_cast<OpKind>(tag); }

  /// Non-negative: done (a byte count where one makes sense). Negative: minus an errno; -ECANCELED when cancelled.
  std::int32_t result = 0;
  bool in_flight = false;     ///< true from an answer `pending` until `run`; kept by whoever submits
  std::uint16_t scratch = 0;  ///< free for the runtime while in flight
  void* owner = nullptr;      ///< free for whoever submits: what `run` needs to know
};

/// Waits for a connection. A stream: connections may be accepted ahead of it. At EMFILE it stays pending, without
/// spinning, until descriptors are free. On success `accepted` is a connected socket, owned by the caller.
class AcceptOp final : public Op {
 public:
  AcceptOp(SocketBase& listening, Run completion) noexcept : Op(OpKind::accept, completion), listener(&listening) {}
  SocketBase* listener;
  SocketBase* accepted = nullptr;
};

class ConnectOp final : public Op {
 public:
  ConnectOp(const Endpoint& to, Run completion) noexcept : Op(OpKind::connect, completion), endpoint(to) {}
  Endpoint endpoint;
  SocketBase* connected = nullptr;  ///< on success, owned by the caller
};

/// Takes the next bytes of the stream in a buffer lent by the runtime. 0 bytes: the peer has finished sending.
/// Cancelling it is local and loses no data.
class ReceiveOp final : public Op {
 public:
  ReceiveOp(SocketBase& from, Run completion) noexcept : Op(OpKind::receive, completion), socket(&from) {}
  SocketBase* socket;
  Buffer buffer;
};

/// Receives into the caller's memory, which must stay valid until completion. Lent or own is fixed at a socket's first
/// receive; the other kind then fails with EINVAL. A cancelled one may still report bytes.
class ReceiveIntoOp final : public Op {
 public:
  ReceiveIntoOp(SocketBase& from, std::span<std::byte> into, Run completion) noexcept
      : Op(OpKind::receive_into, completion), socket(&from), memory(into) {}
  SocketBase* socket;
  std::span<std::byte> memory;
};

/// Sends all bytes of all pieces, in order; memory and pieces must stay valid until completion. `sent` counts what
/// the kernel took, also after an error. One at a time per socket (EBUSY). A failed or cancelled one that sent
/// something poisons the socket: later sends fail with EPIPE, since the stream has a hole.
class SendOp final : public Op {
 public:
  SendOp(SocketBase& to, std::span<const iovec> gather, Run completion) noexcept
      : Op(OpKind::send, completion), socket(&to), pieces(gather) {}
  SocketBase* socket;
  std::span<const iovec> pieces;
  std::size_t sent = 0;
};

/// Ends the sending direction after what was sent before.
class ShutdownOp final : public Op {
 public:
  ShutdownOp(SocketBase& of, Run completion) noexcept : Op(OpKind::shutdown, completion), socket(&of) {}
  SocketBase* socket;
};

/// Cancels what is in flight on the socket, waits for it, releases descriptor and record. Cannot be cancelled.
/// From submit on, the socket may not be used.
class CloseOp final : public Op {
 public:
  CloseOp(SocketBase& which, Run completion) noexcept : Op(OpKind::close, completion), socket(&which) {}
  SocketBase* socket;
  bool detached = false;  ///< nobody waits: `run` is not called, and this Op may be freed with the socket's record
};

/// Completes with 0 at or after the deadline, never before it; timers of one worker complete in deadline order. Where
/// the deadline has gone by, the runtime may move it to when it was asked.
class TimerOp : public Op {
 public:
  TimerOp(std::chrono::steady_clock::time_point when, Run completion) noexcept
      : Op(OpKind::timer, completion), deadline(when) {}
  std::chrono::steady_clock::time_point deadline;
  TimerOp* previous = nullptr;  ///< with Job::next, the links of the runtime's timer structure
};

/// What a descriptor may be ready for; as bits, since one wait may ask for both.
enum class PollFor : std::uint8_t { read = 1, write = 2, either = 3 };

/// Waits until a descriptor that is not this runtime's (a pipe, another library's socket, an inotify) is ready: until
/// the call that is asked for would not block. The result is the bits of PollFor for which that is so, a non-empty part
/// of what was asked; an error or a hang-up makes it ready for everything, and the call tells which it was. What the
/// kernel cannot poll, as a regular file, is always ready. The descriptor must stay open until completion, stays the
/// caller's, and may become non-blocking. One operation at a time on one descriptor; a second one may fail with EBUSY.
class PollOp final : public Op {
 public:
  PollOp(int fd, PollFor what, Run completion) noexcept
      : Op(OpKind::poll, completion), descriptor(fd), wanted(static_cast<std::uint8_t>(what)) {}
  bool wants(PollFor what) const noexcept { return (wanted & static_cast<std::uint8_t>(what)) != 0; }

  int descriptor;
  std::uint8_t wanted;
  void* native = nullptr;  ///< free for the runtime while in flight
};

}  // namespace gauntlet
