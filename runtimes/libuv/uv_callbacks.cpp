// What libuv calls back with, and what follows from it.
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <utility>

#include "runtimes/libuv/uv_engine.hpp"
#include "runtimes/loop/socket_calls.hpp"

namespace gauntlet {

namespace {

// What a stream may hold ahead of the tasks. Beyond it reading stops, the data waits in the kernel, and the peer is
// held back by TCP. Only then: to stop and to start costs two calls of epoll_ctl.
constexpr std::uint32_t chunks_ahead_bound = 8;
constexpr std::uint32_t connections_ahead_bound = 64;

template <typename Request>
UvRequest& record_of(Request* request) noexcept {
  return *static_cast<UvRequest*>(request->data);
}

}  // namespace

/// A callback answers on the spot, but one socket in one turn no more often than a job may be answered in submit.
bool UvEngine::may_answer_here(UvSocket& socket) noexcept {
  if (socket.answered_turn != turn_) {
    socket.answered_turn = turn_;
    socket.answers = 0;
  }
  return socket.answers++ < config_.turn_budget;
}

void UvEngine::answer_reader(UvSocket& socket) noexcept {
  Op* op = socket.reader;
  if (op == nullptr || op->scratch != waiting || !socket.has_ready()) return;
  if (!may_answer_here(socket)) {
    queue_try(*op);
    return;
  }
  socket.reader = nullptr;
  take_ready(socket, *op);
  complete(*op);
}

void UvEngine::on_memory_wanted(uv_handle_t* handle, std::size_t, uv_buf_t* memory) {
  // On Unix libuv asks for memory, reads and calls on_read in one go: nothing can happen to the reader between.
  UvEngine& self = engine_of(handle->loop);
  const UvSocket& socket = socket_of(handle);
  if (Op* op = socket.reader; op != nullptr && op->kind() == OpKind::receive_into && op->scratch == waiting) {
    const std::span<std::byte> own = static_cast<ReceiveIntoOp*>(op)->memory;
    self.landing_ = {};
    *memory = uv_buf_init(reinterpret_cast<char*>(own.data()),
                          static_cast<unsigned>(std::min<std::size_t>(own.size(), INT32_MAX)));
    return;
  }
  self.landing_ = self.buffers_.take();
  *memory = uv_buf_init(reinterpret_cast<char*>(self.landing_.data), self.buffers_.buffer_bytes());
}

void UvEngine::on_read(uv_stream_t* stream, ssize_t size, const uv_buf_t*) {
  UvEngine& self = engine_of(stream->loop);
  UvSocket& socket = socket_of(stream);
  self.hear();
  self.worker_.counters.system_calls.add();
  if (size > 0) return self.took_bytes(socket, static_cast<std::uint32_t>(size));
  const BufferPool::Piece unused = std::exchange(self.landing_, {});
  if (unused.data != nullptr) self.buffers_.give_back(unused.data, unused.token);
  if (size == 0) return;  // EAGAIN: nothing was there
  // The end, or an error; libuv has stopped reading, and does not start again.
  socket.is_reading = false;
  socket.stream_end = size == UV_EOF ? 0 : static_cast<std::int32_t>(size);
  self.answer_reader(socket);
}

void UvEngine::took_bytes(UvSocket& socket, std::uint32_t size) noexcept {
  const BufferPool::Piece piece = std::exchange(landing_, {});
  Op* op = socket.reader;
  const bool waits = op != nullptr && op->scratch == waiting;
  if (piece.data == nullptr) {
    socket.reader = nullptr;
    op->result = static_cast<std::int32_t>(size);
    if (!may_answer_here(socket)) return queue_result(*op, op->result);
    return complete(*op);
  }
  if (waits && op->kind() == OpKind::receive && may_answer_here(socket)) {
    socket.reader = nullptr;
    worker_.counters.buffers_lent.add();
    if (piece.token == BufferPool::heap_token) worker_.counters.buffers_heap_lent.add();
    op->result = static_cast<std::int32_t>(size);
    static_cast<ReceiveOp*>(op)->buffer = Buffer(*group_.runtime, piece.data, size, piece.token);
    return complete(*op);
  }
  UvChunk& chunk = chunks_.take();
  chunk.data = piece.data;
  chunk.offset = 0;
  chunk.size = size;
  chunk.token = piece.token;
  chunk.next = nullptr;
  (socket.first_chunk == nullptr ? socket.first_chunk : socket.last_chunk->next) = &chunk;
  socket.last_chunk = &chunk;
  if (++socket.chunks_ahead >= chunks_ahead_bound) {
    socket.is_reading = false;
    uv_read_stop(socket.stream());
  }
  if (waits) queue_try(*op);
}

void UvEngine::on_connection(uv_stream_t* server, int status) {
  UvEngine& self = engine_of(server->loop);
  UvSocket& listener = socket_of(server);
  self.hear();
  self.worker_.counters.system_calls.add();
  if (status == 0) {
    self.take_connection(listener);
  } else if (!is_lost_connection(-status) && !is_shortage(-status)) {
    listener.stream_end = status;
  }
  self.answer_reader(listener);
}

/// When accept fails for want of a descriptor, libuv closes every connection that waits. So while no descriptor is free
/// for the next one, a connection is left in libuv's hand, which makes it stop listening. That is enough as long as no
/// other thread opens descriptors; another worker can take the free one between this look and libuv's next accept, and
/// then the connections that wait are closed after all.
void UvEngine::take_connection(UvSocket& listener) {
  UvListening& state = *listener.listening;
  state.is_holding = true;
  if (state.ready_count >= connections_ahead_bound) return;
  if (!has_spare_descriptor()) return retry_accept_later(listener);
  const std::uint16_t home = group_.hands_on ? group_.dispatcher->choose() : worker_.index;
  // For want of a descriptor to hand on, the connection stays here.
  UvSocket* handed = home != worker_.index ? accept_for(home, listener) : nullptr;
  UvSocket& socket = handed != nullptr ? *handed : accept_here(listener);
  worker_.counters.accepts.add();
  state.is_holding = false;
  state.retry.delay = {};
  (state.first_ready == nullptr ? state.first_ready : state.last_ready->next_ready) = &socket;
  state.last_ready = &socket;
  ++state.ready_count;
}

UvSocket& UvEngine::accept_here(UvSocket& listener) {
  UvSocket& socket = new_socket();
  [[maybe_unused]] const int opened = open_handle(socket, AF_UNSPEC);
  assert(opened == 0 && "a handle without a descriptor cannot fail");
  // Goes on listening. Accepted sockets inherit TCP_NODELAY.
  [[maybe_unused]] const int accepted = uv_accept(listener.stream(), socket.stream());
  assert(accepted == 0 && "libuv holds a connection");
  return socket;
}

/// uv_accept wants a handle of the listener's own loop, and no handle changes loops: a copy of the descriptor goes to
/// the worker, which puts a handle on it when it first uses the socket. Null, and the connection still in libuv's hand,
/// when there is no descriptor for the copy.
UvSocket* UvEngine::accept_for(std::uint16_t home, UvSocket& listener) {
  worker_.counters.system_calls.add(3);
  const int copy = reserve_descriptor();
  if (copy < 0) return nullptr;
  auto* passing = new uv_tcp_t;
  uv_tcp_init(&loop_, passing);
  [[maybe_unused]] const int accepted = uv_accept(listener.stream(), reinterpret_cast<uv_stream_t*>(passing));
  assert(accepted == 0 && "libuv holds a connection");
  auto* handle = reinterpret_cast<uv_handle_t*>(passing);
  copy_onto(copy, passing);
  uv_close(handle, [](uv_handle_t* closed) { delete reinterpret_cast<uv_tcp_t*>(closed); });
  UvSocket& socket = new_socket_of(home);
  socket.handed_fd = copy;
  return &socket;
}

bool UvEngine::has_spare_descriptor() noexcept {
  worker_.counters.system_calls.add(2);
  const int spare = reserve_descriptor();
  if (spare < 0) return false;
  ::close(spare);
  return true;
}

void UvEngine::retry_accept_later(UvSocket& listener) noexcept {
  using namespace std::chrono_literals;
  UvAcceptRetry& retry = listener.listening->retry;
  if (retry.is_armed) return;
  retry.delay = std::clamp(retry.delay * 2, 1ms, 100ms);
  retry.deadline = TimerWheel::Clock::now() + retry.delay;
  retry.is_armed = true;
  timers_.insert(retry);
}

void UvEngine::retry_accept(Job& job) noexcept {
  auto& retry = static_cast<UvAcceptRetry&>(job);
  UvSocket& listener = *retry.listener;
  UvEngine& self = engine_of(listener.tcp->loop);
  retry.is_armed = false;
  if (listener.listening->is_holding) self.take_connection(listener);
  self.answer_reader(listener);
}

void UvEngine::on_written(uv_write_t* request, int status) {
  UvEngine& self = engine_of(request->handle->loop);
  UvRequest& record = record_of(request);
  UvSocket& socket = *record.socket;
  auto& op = static_cast<SendOp&>(*record.op);
  self.hear();
  self.worker_.counters.system_calls.add();
  const std::size_t bytes = record.bytes;
  socket.write = nullptr;
  self.requests_.give_back(record);
  if (status == 0) {
    op.sent += bytes;
    if (!self.try_send(socket, op) && self.queue_write(socket, op)) return;
    status = op.result;
  } else if (status != UV_ECANCELED || op.sent > 0) {
    // After an error of its own libuv does not tell what it wrote before: the stream may have a hole.
    socket.is_poisoned = true;
  }
  self.finish_write(socket, op, status);
}

void UvEngine::finish_write(UvSocket& socket, Op& op, std::int32_t result) noexcept {
  op.result = result;
  socket.writer = nullptr;
  if (socket.shutdown_op != nullptr && !socket.is_shutting_down && !socket.is_closing) begin_shutdown(socket);
  complete(op);
}

void UvEngine::on_connected(uv_connect_t* request, int status) {
  UvEngine& self = engine_of(request->handle->loop);
  UvRequest& record = record_of(request);
  UvSocket& socket = *record.socket;
  auto& op = static_cast<ConnectOp&>(*record.op);
  self.hear();
  self.worker_.counters.system_calls.add();
  self.requests_.give_back(record);
  if (status < 0) {
    op.connected = nullptr;
    if (!socket.is_closing) self.begin_close(socket);
  }
  self.finish_write(socket, op, status);
}

void UvEngine::on_shut_down(uv_shutdown_t* request, int status) {
  UvEngine& self = engine_of(request->handle->loop);
  UvRequest& record = record_of(request);
  UvSocket& socket = *record.socket;
  self.hear();
  self.worker_.counters.system_calls.add();
  self.requests_.give_back(record);
  socket.is_shutting_down = false;
  socket.is_shut_down = status == 0;
  Op& op = *std::exchange(socket.shutdown_op, nullptr);
  op.result = status;
  self.complete(op);
}

void UvEngine::on_closed(uv_handle_t* handle) {
  UvEngine& self = engine_of(handle->loop);
  UvSocket& socket = socket_of(handle);
  delete reinterpret_cast<uv_tcp_t*>(handle);
  if (--socket.handles > 0 || !socket.is_closing) return;
  --self.closing_;
  if (socket.close_op != nullptr) self.queue_result(*socket.close_op, 0);  // behind what the closing cancelled
  self.group_.dispatcher->socket_closed(self.worker_.index);
  delete &socket;
}

}  // namespace gauntlet
