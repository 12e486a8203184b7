// Operations: from submit to calls of libuv.
#include <algorithm>
#include <cassert>
#include <cerrno>
#include <climits>
#include <cstring>
#include <span>
#include <utility>

#include "runtimes/libuv/uv_engine.hpp"
#include "runtimes/loop/op_socket.hpp"

namespace gauntlet {

namespace {

UvSocket& record(SocketBase* socket) { return static_cast<UvSocket&>(*socket); }

/// uv_write copies its list of pieces to the heap when there are more.
constexpr std::size_t pieces_per_write = 4;
constexpr std::size_t pieces_per_try = 64;

struct Pieces {
  unsigned count = 0;
  std::size_t bytes = 0;
};

/// Fills `pieces` with what stands behind the first op.sent bytes, as far as they reach.
Pieces remaining_pieces(const SendOp& op, std::span<uv_buf_t> pieces) {
  std::size_t skip = op.sent;
  Pieces filled;
  for (const iovec& piece : op.pieces) {
    if (skip >= piece.iov_len) {
      skip -= piece.iov_len;
      continue;
    }
    if (filled.count == pieces.size()) break;
    uv_buf_t& next = pieces[filled.count++];
    next.base = static_cast<char*>(piece.iov_base) + skip;
    next.len = piece.iov_len - skip;
    filled.bytes += next.len;
    skip = 0;
  }
  return filled;
}

}  // namespace

UvSocket& UvEngine::socket_of_op(Op& op) noexcept { return record(socket_of_operation(op)); }

Submitted UvEngine::submit(Op& op) noexcept {
  assert(this_worker() == &worker_ && "operations are submitted on the home worker");
  switch (op.kind()) {
    case OpKind::accept:
      return start_read(record(static_cast<AcceptOp&>(op).listener), op);
    case OpKind::receive:
      return start_receive(op, UvSocket::ReceiveKind::lent);
    case OpKind::receive_into:
      return start_receive(op, UvSocket::ReceiveKind::own);
    case OpKind::send:
      return start_send(static_cast<SendOp&>(op));
    case OpKind::connect:
      return start_connect(static_cast<ConnectOp&>(op));
    case OpKind::shutdown:
      return start_shutdown(static_cast<ShutdownOp&>(op));
    case OpKind::close:
      return start_close(static_cast<CloseOp&>(op));
    case OpKind::timer:
      timers_.insert(static_cast<TimerOp&>(op));
      return Submitted::pending;
    case OpKind::file:
    case OpKind::close_file:
      return start_file(static_cast<FileOp&>(op));
    case OpKind::poll:
      return start_poll(static_cast<PollOp&>(op));
  }
  std::unreachable();
}

Submitted UvEngine::queue_try(Op& op) noexcept {
  op.scratch = queued_to_try;
  answers_.push(op);
  return Submitted::pending;
}

void UvEngine::queue_result(Op& op, std::int32_t result) noexcept {
  op.result = result;
  const bool is_queued = op.scratch == queued_to_try;
  op.scratch = queued_to_complete;
  if (!is_queued) answers_.push(op);
}

Submitted UvEngine::start_receive(Op& op, UvSocket::ReceiveKind kind) noexcept {
  UvSocket& socket = socket_of_op(op);
  const bool is_other = socket.receive_kind != kind && socket.receive_kind != UvSocket::ReceiveKind::undecided;
  const bool has_no_room = kind == UvSocket::ReceiveKind::own && static_cast<ReceiveIntoOp&>(op).memory.empty();
  if (is_other || has_no_room) {
    op.result = is_other ? -EINVAL : 0;
    return Submitted::done;
  }
  socket.receive_kind = kind;
  return start_read(socket, op);
}

Submitted UvEngine::start_read(UvSocket& socket, Op& op) noexcept {
  assert(socket.reader == nullptr && "one read at a time");
  op.scratch = waiting;
  if (socket.has_ready()) {
    if (budget_ > 0) {
      --budget_;
      take_ready(socket, op);
      return Submitted::done;
    }
    socket.reader = &op;
    return queue_try(op);
  }
  socket.reader = &op;
  if (!socket.is_reading && !socket.listening) start_reading(socket);
  return Submitted::pending;
}

void UvEngine::start_reading(UvSocket& socket) noexcept {
  worker_.counters.receive_rearms.add();
  ensure_handle(socket);
  const int error = uv_read_start(socket.stream(), &on_memory_wanted, &on_read);
  socket.is_reading = error == 0;
  if (error == 0) return;
  socket.stream_end = error;
  if (socket.reader != nullptr) queue_try(*socket.reader);
}

void UvEngine::take_ready(UvSocket& socket, Op& op) noexcept {
  if (socket.first_chunk != nullptr) return take_bytes(socket, op);
  if (socket.listening && socket.listening->first_ready != nullptr) {
    return take_accepted(socket, static_cast<AcceptOp&>(op));
  }
  op.result = socket.stream_end;
}

void UvEngine::take_bytes(UvSocket& socket, Op& op) noexcept {
  UvChunk& chunk = *socket.first_chunk;
  if (op.kind() == OpKind::receive) {
    worker_.counters.buffers_lent.add();
    if (chunk.token == BufferPool::heap_token) worker_.counters.buffers_heap_lent.add();
    static_cast<ReceiveOp&>(op).buffer = Buffer(*group_.runtime, chunk.data, chunk.size, chunk.token);
    op.result = static_cast<std::int32_t>(chunk.size);
    drop_chunk(socket);
  } else {
    const std::span<std::byte> memory = static_cast<ReceiveIntoOp&>(op).memory;
    const std::size_t taken = std::min<std::size_t>(memory.size(), chunk.size - chunk.offset);
    std::memcpy(memory.data(), chunk.data + chunk.offset, taken);
    op.result = static_cast<std::int32_t>(taken);
    chunk.offset += static_cast<std::uint32_t>(taken);
    if (chunk.offset == chunk.size) {
      buffers_.give_back(chunk.data, chunk.token);
      drop_chunk(socket);
    }
  }
  if (socket.first_chunk == nullptr && !socket.is_reading && socket.stream_end == UvSocket::stream_goes_on) {
    start_reading(socket);
  }
}

void UvEngine::drop_chunk(UvSocket& socket) noexcept {
  UvChunk& chunk = *socket.first_chunk;
  socket.first_chunk = chunk.next;
  --socket.chunks_ahead;
  chunks_.give_back(chunk);
}

void UvEngine::take_accepted(UvSocket& listener, AcceptOp& op) noexcept {
  UvListening& state = *listener.listening;
  UvSocket& accepted = *state.first_ready;
  state.first_ready = accepted.next_ready;
  --state.ready_count;
  op.accepted = &accepted;
  op.result = 0;
  if (state.is_holding && !state.retry.is_armed) take_connection(listener);
}

Submitted UvEngine::start_send(SendOp& op) noexcept {
  UvSocket& socket = record(op.socket);
  if (socket.is_poisoned || socket.writer != nullptr) {
    op.result = socket.is_poisoned ? -EPIPE : -EBUSY;
    return Submitted::done;
  }
  ensure_handle(socket);
  op.scratch = waiting;
  if (budget_ == 0) {
    socket.writer = &op;
    return queue_try(op);
  }
  --budget_;
  if (try_send(socket, op) || !queue_write(socket, op)) return Submitted::done;
  socket.writer = &op;
  return Submitted::pending;
}

bool UvEngine::try_send(UvSocket& socket, SendOp& op) noexcept {
  uv_buf_t pieces[pieces_per_try];
  for (;;) {
    const Pieces left = remaining_pieces(op, pieces);
    if (left.count == 0) {
      op.result = static_cast<std::int32_t>(std::min<std::size_t>(op.sent, INT_MAX));
      return true;
    }
    worker_.counters.system_calls.add();
    const int sent = uv_try_write(socket.stream(), pieces, left.count);
    if (sent == UV_EAGAIN) return false;
    if (sent < 0) {
      op.result = sent;
      socket.is_poisoned = true;
      return true;
    }
    op.sent += static_cast<std::size_t>(sent);
    if (static_cast<std::size_t>(sent) < left.bytes) return false;
  }
}

bool UvEngine::queue_write(UvSocket& socket, SendOp& op) noexcept {
  uv_buf_t pieces[pieces_per_write];
  const Pieces left = remaining_pieces(op, pieces);
  UvRequest& request = new_request(socket, op);
  request.write.data = &request;
  request.bytes = left.bytes;
  const int error = uv_write(&request.write, socket.stream(), pieces, left.count, &on_written);
  if (error == 0) {
    socket.write = &request;
    return true;
  }
  requests_.give_back(request);
  op.result = error;
  socket.is_poisoned = true;
  return false;
}

UvRequest& UvEngine::new_request(UvSocket& socket, Op& op) {
  UvRequest& request = requests_.take();
  request.socket = &socket;
  request.op = &op;
  return request;
}

/// Before a handle with a write under way is closed: libuv tells what is left of it until then.
void UvEngine::settle_sent(UvSocket& socket) noexcept {
  if (socket.write == nullptr) return;
  auto& op = static_cast<SendOp&>(*socket.write->op);
  op.sent += socket.write->bytes - uv_stream_get_write_queue_size(socket.stream());
  // Told: libuv still calls back, with success for a write that it has made already, and a second close in the same
  // turn would ask the next handle's queue.
  socket.write->bytes = 0;
  socket.write = nullptr;
}

Submitted UvEngine::start_shutdown(ShutdownOp& op) noexcept {
  UvSocket& socket = record(op.socket);
  if (socket.shutdown_op != nullptr || socket.is_shut_down) {
    op.result = socket.is_shut_down ? 0 : -EBUSY;
    return Submitted::done;
  }
  ensure_handle(socket);
  op.scratch = waiting;
  socket.shutdown_op = &op;
  if (socket.writer == nullptr) begin_shutdown(socket);  // else behind what is being sent
  return Submitted::pending;
}

void UvEngine::begin_shutdown(UvSocket& socket) noexcept {
  UvRequest& request = new_request(socket, *socket.shutdown_op);
  request.shutdown.data = &request;
  const int error = uv_shutdown(&request.shutdown, socket.stream(), &on_shut_down);
  socket.is_shutting_down = error == 0;
  if (error == 0) return;
  requests_.give_back(request);
  queue_result(*std::exchange(socket.shutdown_op, nullptr), error);
}

void UvEngine::cancel_locally(Op*& slot) noexcept {
  if (slot != nullptr) queue_result(*std::exchange(slot, nullptr), -ECANCELED);
}

void UvEngine::cancel(Op& op) noexcept {
  assert(this_worker() == &worker_ && "operations are cancelled on the home worker");
  if (op.kind() == OpKind::timer) {
    if (op.scratch == cancelled_timer) return;
    timers_.remove(static_cast<TimerOp&>(op));
    op.scratch = cancelled_timer;
    op.result = -ECANCELED;
    return answers_.push(op);
  }
  if (op.kind() == OpKind::close || op.kind() == OpKind::close_file) return;
  if (op.kind() == OpKind::file) return cancel_file(static_cast<FileOp&>(op));
  if (op.scratch == queued_to_complete || op.scratch == cancel_asked) return;
  if (op.kind() == OpKind::poll) return cancel_poll(static_cast<PollOp&>(op));
  UvSocket& socket = socket_of_op(op);
  switch (op.kind()) {
    case OpKind::send:
      return cancel_write(socket, op);
    case OpKind::connect:
      // The only way: libuv calls back with ECANCELED while it closes the handle.
      op.scratch = cancel_asked;
      static_cast<ConnectOp&>(op).connected = nullptr;
      return begin_close(socket);
    case OpKind::shutdown:
      if (socket.is_shutting_down) return;  // done within this turn
      socket.shutdown_op = nullptr;
      return queue_result(op, -ECANCELED);
    default:
      return cancel_locally(socket.reader);  // reading goes on, and what it brings stays
  }
}

void UvEngine::cancel_write(UvSocket& socket, Op& op) noexcept {
  if (socket.is_closing) return;  // cancelled already, with its handle
  if (op.scratch == queued_to_try) {
    if (static_cast<SendOp&>(op).sent > 0) socket.is_poisoned = true;
    return cancel_locally(socket.writer);
  }
  op.scratch = cancel_asked;
  replace_handle(socket);
}

}  // namespace gauntlet
