// One epoll loop: ready queue, timers, sockets, inbox. The body of every runtime that is built on epoll.
#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>
#include <span>

#include "runtimes/contract/runtime.hpp"
#include "runtimes/loop/buffer_pool.hpp"
#include "runtimes/loop/epoll_socket.hpp"
#include "runtimes/loop/inbox.hpp"
#include "runtimes/loop/run_queue.hpp"
#include "runtimes/loop/timer_wheel.hpp"

struct epoll_event;

namespace gauntlet {

/// Readiness is taken edge-triggered and remembered per socket. An operation that finds its socket ready does its
/// system call inside submit and is answered at once, until the budget of the resumed job is spent; then it queues
/// behind the others. One that finds it not ready waits for the edge, and its call is made when the event is popped.
class EpollLoop : public Runtime {
 public:
  /// What to do when nothing is ready. `spin` is the anti-pattern that busy_wait keeps for comparison.
  enum class Idle { block, spin };

  ~EpollLoop() override;

  void schedule(Job& job) noexcept final;
  Submitted submit(Op& op) noexcept final;
  void cancel(Op& op) noexcept final;
  Result<SocketBase*> listen(const Endpoint& endpoint) final;
  void give_back(std::byte* data, std::uint32_t token) noexcept final;
  void run() final;
  Turn poll_once() final;
  void stop() noexcept final;
  EffectiveConfig effective_config() const final;
  RuntimeMetrics metrics() const noexcept final;

 protected:
  /// Takes ownership of the two descriptors; see open_descriptors.
  EpollLoop(const RuntimeConfig& config, Idle idle, int epoll_fd, int wake_fd);

  struct Descriptors {
    int epoll_fd;
    int wake_fd;
  };
  static Result<Descriptors> open_descriptors();

 private:
  /// Where a pending operation stands; kept in Op::scratch. Timers in the wheel use scratch for their slot.
  enum Stage : std::uint16_t {
    waiting_for_edge = 0,
    queued_to_try = 1,
    queued_to_complete = 2,
    cancelled_timer = 0xffff
  };

  // One turn of the loop.
  bool turn(bool may_block);
  void run_ready();
  void answer_queued();
  void try_pending(Op& op);
  void expire_timers();
  void wait_for_events(bool may_block);
  int poll_kernel(std::span<epoll_event> events, bool block);
  int wait_within(std::span<epoll_event> events, const timespec* limit);
  void dispatch(const epoll_event& event);
  void complete(Op& op) noexcept;
  void free_retired() noexcept;
  bool has_work() const noexcept { return !ready_.empty() || !answers_.empty(); }

  static EpollSocket& socket_of(Op& op) noexcept;
  static bool is_write(OpKind kind) noexcept { return kind == OpKind::send || kind == OpKind::connect; }

  // Operations: `true` means that `result` is set.
  bool try_accept(AcceptOp& op) noexcept;
  bool try_receive(ReceiveOp& op) noexcept;
  bool try_receive_into(ReceiveIntoOp& op) noexcept;
  bool try_send(SendOp& op) noexcept;
  bool finish_connect(ConnectOp& op) noexcept;
  bool attempt(Op& op) noexcept;
  std::int32_t receive_bytes(EpollSocket& socket, std::span<std::byte> memory) noexcept;

  Submitted start_read(EpollSocket& socket, Op& op) noexcept;
  Submitted start_write(EpollSocket& socket, Op& op) noexcept;
  Submitted start_connect(ConnectOp& op) noexcept;
  Submitted start_close(CloseOp& op) noexcept;
  Submitted queue_try(Op& op) noexcept;
  void queue_result(Op& op, std::int32_t result) noexcept;
  void cancel_on_socket(Op*& slot) noexcept;
  void retry_accept_later(EpollSocket& listener) noexcept;
  static void retry_accept(Job& job) noexcept;
  bool watch(EpollSocket& socket) noexcept;
  void retire(EpollSocket& socket) noexcept;
  void shut_down() noexcept;

  RuntimeConfig config_;
  Idle idle_;
  int epoll_fd_;
  int wake_fd_;
  bool fine_timeouts_;
  Worker worker_;
  RunQueue ready_;
  RunQueue answers_;  ///< pending operations to try or to complete, in order; see Stage
  TimerWheel timers_;
  BufferPool buffers_;
  std::uint32_t budget_ = 0;  ///< answers left for the job that runs now
  std::uint64_t open_sockets_ = 0;
  EpollSocket* retired_ = nullptr;  ///< closed in this turn; events of this turn may still name them
  Inbox inbox_;
  std::atomic<bool> stop_requested_{false};
};

}  // namespace gauntlet
