// Handles of libuv: how a socket gets one, loses it, and goes on with another.
#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <utility>

#include "runtimes/libuv/uv_engine.hpp"

namespace gauntlet {

Submitted UvEngine::start_connect(ConnectOp& op) noexcept {
  UvSocket& socket = new_socket();
  UvRequest& request = new_request(socket, op);
  request.connect.data = &request;
  worker_.counters.system_calls.add(2);
  int error = open_handle(socket, static_cast<unsigned>(op.endpoint.family()));
  if (error == 0) error = uv_tcp_connect(&request.connect, socket.tcp, op.endpoint.native(), &on_connected);
  if (error < 0) {
    requests_.give_back(request);
    begin_close(socket);
    op.result = error;
    return Submitted::done;
  }
  op.connected = &socket;
  op.scratch = waiting;
  socket.writer = &op;
  return Submitted::pending;
}

Submitted UvEngine::start_close(CloseOp& op) noexcept {
  UvSocket& socket = static_cast<UvSocket&>(*op.socket);
  op.result = 0;
  op.scratch = waiting;
  if (!op.detached) socket.close_op = &op;
  begin_close(socket);
  return op.detached ? Submitted::done : Submitted::pending;
}

void UvEngine::begin_close(UvSocket& socket) noexcept {
  assert(!socket.is_closing && "a socket is closed once");
  socket.is_closing = true;
  ++closing_;
  ensure_handle(socket);
  cancel_locally(socket.reader);
  if (socket.writer != nullptr && socket.writer->scratch == queued_to_try) cancel_locally(socket.writer);
  if (socket.shutdown_op != nullptr && !socket.is_shutting_down) {
    queue_result(*std::exchange(socket.shutdown_op, nullptr), -ECANCELED);
  }
  while (socket.first_chunk != nullptr) {
    buffers_.give_back(socket.first_chunk->data, socket.first_chunk->token);
    drop_chunk(socket);
  }
  if (socket.listening) {
    UvListening& state = *socket.listening;
    if (state.retry.is_armed) timers_.remove(state.retry);
    while (UvSocket* unclaimed = state.first_ready) {
      state.first_ready = unclaimed->next_ready;
      unclaimed->abandon();
    }
  }
  close_handle(socket);
}

// Not fcntl(F_DUPFD_CLOEXEC): libuv closes descriptors behind ThreadSanitizer's back, which then takes the next use of
// the number for one of the old descriptor, unless it sees the number come from a call that it knows.
int UvEngine::reserve_descriptor() noexcept {
  const int reserved = eventfd(0, EFD_CLOEXEC);
  return reserved < 0 ? -errno : reserved;
}

void UvEngine::copy_onto(int reserved, const uv_tcp_t* from) noexcept {
  uv_os_fd_t fd = -1;
  uv_fileno(reinterpret_cast<const uv_handle_t*>(from), &fd);
  while (dup3(fd, reserved, O_CLOEXEC) < 0) {
    assert((errno == EBUSY || errno == EINTR) && "both descriptors are open");
  }
}

/// libuv ends a write only by closing its handle. The socket goes on under a new one, with a copy of the descriptor;
/// where none is to be had, its stream ends with that error.
void UvEngine::replace_handle(UvSocket& socket) noexcept {
  worker_.counters.system_calls.add(3);
  const int copy = reserve_descriptor();
  int error = std::min(copy, 0);
  if (copy >= 0) copy_onto(copy, socket.tcp);
  close_handle(socket);
  [[maybe_unused]] const int opened = open_handle(socket, AF_UNSPEC);
  assert(opened == 0 && "a handle without a descriptor cannot fail");
  if (error == 0) error = uv_tcp_open(socket.tcp, copy);
  if (error < 0 && copy >= 0) ::close(copy);
  if (error < 0 && socket.stream_end == UvSocket::stream_goes_on) socket.stream_end = error;
  if (std::exchange(socket.is_reading, false) && error == 0) start_reading(socket);
  if (error < 0 && socket.reader != nullptr && socket.reader->scratch == waiting) queue_try(*socket.reader);
}

UvSocket& UvEngine::new_socket_of(std::uint16_t home) {
  group_.dispatcher->socket_opened(home);
  return *new UvSocket(*group_.runtime, home);
}

void UvEngine::adopt_handed(UvSocket& socket) noexcept {
  worker_.counters.system_calls.add(2);
  [[maybe_unused]] const int opened = open_handle(socket, AF_UNSPEC);
  assert(opened == 0 && "a handle without a descriptor cannot fail");
  [[maybe_unused]] const int adopted = uv_tcp_open(socket.tcp, std::exchange(socket.handed_fd, -1));
  assert(adopted == 0 && "an accepted socket is known to no loop but this one");
}

int UvEngine::open_handle(UvSocket& socket, unsigned family) {
  socket.tcp = new uv_tcp_t;
  const int error = uv_tcp_init_ex(&loop_, socket.tcp, family);
  // After a failure libuv has unlinked the handle again; an empty one in its place can be closed like any other.
  if (error < 0) uv_tcp_init(&loop_, socket.tcp);
  socket.tcp->data = &socket;
  ++socket.handles;
  if (error == 0 && family != AF_UNSPEC) uv_tcp_nodelay(socket.tcp, 1);
  return error;
}

void UvEngine::close_handle(UvSocket& socket) noexcept {
  worker_.counters.system_calls.add();
  settle_sent(socket);
  uv_close(reinterpret_cast<uv_handle_t*>(socket.tcp), &on_closed);
}

Result<SocketBase*> UvEngine::listen(const Endpoint& endpoint) {
  UvSocket& listener = new_socket();
  listener.listening = std::make_unique<UvListening>(listener, &UvEngine::retry_accept);
  const int error = bind_and_listen(listener, endpoint);
  if (error == 0) {
    worker_.counters.accept_rearms.add();
    return &listener;
  }
  begin_close(listener);
  return errno_error(error);
}

int UvEngine::bind_and_listen(UvSocket& listener, const Endpoint& endpoint) {
  const bool is_shared = group_.runtime->traits().accepts_per_worker;
  int error = open_handle(listener, is_shared ? AF_UNSPEC : static_cast<unsigned>(endpoint.family()));
  if (error < 0) return error;
  if (is_shared) {
    // This libuv has no way to ask for SO_REUSEPORT, so the descriptor is bound without it.
    auto opened = group_.endpoints.open(endpoint, worker_.index, config_.listen_backlog);
    if (!opened) return -opened.error().value();
    listener.listening->claim = std::move(opened->claim);
    error = uv_tcp_open(listener.tcp, opened->fd);
    if (error < 0) ::close(opened->fd);
  } else {
    error = uv_tcp_bind(listener.tcp, endpoint.native(), 0);
  }
  return error < 0 ? error : uv_listen(listener.stream(), static_cast<int>(config_.listen_backlog), &on_connection);
}

}  // namespace gauntlet
