// Sockets from opening to closing, and timers.
//
// A close has to wait for whatever works on the socket elsewhere: it counts one user for each direction, which the
// keeper of that direction's operation gives up when it is done, and the last user closes the descriptor.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <mutex>

#include "runtimes/loop/kernel_edge.hpp"
#include "runtimes/loop/socket_calls.hpp"
#include "runtimes/work_stealing/stealing_runtime.hpp"

namespace gauntlet {

Result<Endpoint> SharedSocket::local_endpoint() const { return local_endpoint_of(fd); }
Result<Endpoint> SharedSocket::remote_endpoint() const { return remote_endpoint_of(fd); }

SharedSocket* StealingRuntime::open_socket(std::uint16_t home, int fd, bool connected) {
  open_sockets_.fetch_add(1, std::memory_order_relaxed);
  if (deals_out_) dispatcher_.socket_opened(home);
  return new SharedSocket(*this, home, fd, &StealingRuntime::answer, alone_, connected);
}

bool StealingRuntime::watch(StealingWorker& worker, SharedSocket& socket) noexcept {
  worker.counters.system_calls.add();
  DriverRecord* const tag = &socket;
  give_to_kernel(tag);
  return driver_.poller().watch(socket.fd, tag);
}

Result<SocketBase*> StealingRuntime::listen(const Endpoint& endpoint) {
  const Result<int> fd = open_listener(endpoint, config_.listen_backlog);
  if (!fd) return std::unexpected(fd.error());
  StealingWorker& worker = here() != nullptr ? *here() : *workers_list_[0];
  SharedSocket* listener = open_socket(worker.index, *fd, false);
  if (watch(worker, *listener)) return listener;
  const int error = errno;
  release_users(worker, *listener, 1);
  return errno_error(-error);
}

void StealingRuntime::give_back(std::byte* data, std::uint32_t token) noexcept {
  if (token == SharedBuffers::heap_token) {
    delete[] data;
    return;
  }
  const std::uint32_t lender = SharedBuffers::worker_of(token);
  SharedBuffers& buffers = workers_list_[lender]->buffers;
  const StealingWorker* worker = here();
  if (worker != nullptr && worker->index == lender) {
    buffers.give_back(data, token);
  } else {
    buffers.give_back_from_afar(data, token);
  }
}

Submitted StealingRuntime::start_close(StealingWorker& worker, CloseOp& op) noexcept {
  SharedSocket& socket = static_cast<SharedSocket&>(*op.socket);
  op.result = 0;
  const bool waits = !op.detached;
  socket.closing = waits ? &op : nullptr;
  socket.users.fetch_add(2, std::memory_order_relaxed);
  const std::uint32_t idle = close_direction(worker, socket.reading) + close_direction(worker, socket.writing);
  // The handle goes too.
  const std::uint32_t going = 1 + idle;
  const std::uint32_t users = socket.users.load(std::memory_order_acquire);
  if (users == going) {
    // Nobody is left who could complete it from elsewhere.
    socket.closing = nullptr;
    release_users(worker, socket, going);
    return Submitted::done;
  }
  release_users(worker, socket, going);
  return waits ? Submitted::pending : Submitted::done;
}

/// How many users go with it at once.
std::uint32_t StealingRuntime::close_direction(StealingWorker& worker, Direction& direction) noexcept {
  switch (direction.readiness.close()) {
    case Readiness::Close::claimed:
      deliver(worker, direction);
      return 0;
    case Readiness::Close::kept:
      return 0;
    case Readiness::Close::idle:
      break;
  }
  const bool listener = &direction == &direction.socket->reading;
  return listener && drop_retry(*direction.socket) ? 2 : 1;
}

/// For the keeper whose direction the close waited for.
void StealingRuntime::leave(StealingWorker& worker, Direction& direction) noexcept {
  SharedSocket& socket = *direction.socket;
  const bool listener = &direction == &socket.reading;
  release_users(worker, socket, listener && drop_retry(socket) ? 2 : 1);
}

/// True: those were the last ones.
bool StealingRuntime::release_users(StealingWorker& worker, SharedSocket& socket, std::uint32_t count) noexcept {
  if (socket.users.fetch_sub(count, std::memory_order_acq_rel) != count) return false;
  worker.counters.system_calls.add();
  ::close(socket.fd);
  open_sockets_.fetch_sub(1, std::memory_order_relaxed);
  if (deals_out_) dispatcher_.socket_closed(socket.home());
  CloseOp* closing = socket.closing;
  driver_.retire(socket);
  if (closing != nullptr) deliver(worker, *closing);
  return true;
}

void StealingRuntime::insert_timer(StealingWorker& worker, TimerOp& timer) noexcept {
  // Until it fires the result says in whose wheel it is.
  std::atomic_ref(timer.result).store(worker.index, std::memory_order_relaxed);
  if (alone_) return worker.timers.insert(timer);
  const std::lock_guard lock(worker.timers_lock);
  worker.timers.insert(timer);
}

/// False: it has fired, or was removed before.
bool StealingRuntime::remove_timer(TimerOp& timer) noexcept {
  const auto wheel = static_cast<std::size_t>(std::atomic_ref(timer.result).load(std::memory_order_acquire));
  // A timer that has fired meanwhile may name any wheel here; it is settled under every lock.
  StealingWorker& owner = *workers_list_[wheel < workers_list_.size() ? wheel : 0];
  const std::lock_guard lock(owner.timers_lock);
  if (timer.scratch == settled_timer) return false;
  owner.timers.remove(timer);
  timer.scratch = settled_timer;
  return true;
}

void StealingRuntime::retry_accept_later(StealingWorker& worker, SharedSocket& listener) noexcept {
  using namespace std::chrono_literals;
  if (!listener.retry) {
    listener.retry = std::make_unique<SharedAcceptRetry>(listener, &StealingRuntime::retry_accept);
  }
  SharedAcceptRetry& retry = *listener.retry;
  if (retry.armed.exchange(true, std::memory_order_acq_rel)) return;  // an edge came while it waited
  listener.users.fetch_add(1, std::memory_order_relaxed);
  retry.delay = std::clamp(retry.delay * 2, 1ms, 100ms);
  retry.deadline = TimerWheel::Clock::now() + retry.delay;
  insert_timer(worker, retry);
}

/// By whoever keeps or closes the listener's direction. True: it was waiting, and does no more count as a user.
bool StealingRuntime::drop_retry(SharedSocket& listener) noexcept {
  return listener.retry && listener.retry->armed.load(std::memory_order_acquire) && remove_timer(*listener.retry);
}

void StealingRuntime::retry_accept(Job& job) noexcept {
  auto& retry = static_cast<SharedAcceptRetry&>(job);
  SharedSocket& listener = *retry.listener;
  auto& self = static_cast<StealingRuntime&>(listener.runtime());
  StealingWorker& worker = self.worker_here();
  retry.armed.store(false, std::memory_order_release);
  if (listener.reading.readiness.edge(false)) self.deliver(worker, listener.reading);
  self.release_users(worker, listener, 1);
}

}  // namespace gauntlet
