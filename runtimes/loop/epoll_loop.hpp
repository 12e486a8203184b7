// One epoll loop: ready queue, timers, sockets, inbox. A whole runtime by itself, or one of several loops of another.
#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>
#include <expected>
#include <memory>
#include <span>

#include "runtimes/contract/registry.hpp"
#include "runtimes/contract/run_queue.hpp"
#include "runtimes/loop/buffer_pool.hpp"
#include "runtimes/loop/descriptor.hpp"
#include "runtimes/loop/epoll_socket.hpp"
#include "runtimes/loop/inbox.hpp"
#include "runtimes/loop/loop_group.hpp"
#include "runtimes/loop/timer_wheel.hpp"

struct epoll_event;

namespace gauntlet {

/// Readiness is taken edge-triggered and remembered per socket. An operation that finds its socket ready does its
/// system call inside submit and is answered at once, until the budget of the resumed job is spent; then it queues
/// behind the others. One that finds it not ready waits for the edge, and its call is made when the event is popped.
class EpollLoop final : public Runtime {
 public:
  /// What to do when nothing is ready. `spin` is the anti-pattern that busy_wait keeps for comparison.
  enum class Idle { block, spin };

  /// What must be had from the kernel before there can be a loop.
  struct Parts {
    Descriptor epoll;
    Descriptor wake;
  };
  static Result<Parts> open_parts();

  EpollLoop(const RuntimeConfig& config, Idle idle, Parts parts);
  ~EpollLoop() override;

  /// A runtime by itself, which reports `name` as its backend.
  static std::expected<std::unique_ptr<Runtime>, Unavailable> make(RuntimeConfig config, const char* name, Idle idle);

  void enqueue(Job& job, Worker* here) noexcept override;
  Submitted submit(Op& op) noexcept override;
  void cancel(Op& op) noexcept override;
  Result<SocketBase*> listen(const Endpoint& endpoint) override;
  void give_back(std::byte* data, std::uint32_t token) noexcept override;
  void run_workers() override;
  Turn poll_once() override;
  void stop() noexcept override;
  EffectiveConfig own_settings() const override;
  RuntimeMetrics metrics() const noexcept override;
  static void add_of_process(RuntimeMetrics&) noexcept {}

  // For the owner of a group, which is the runtime that tasks and sockets see.

  using Group = LoopGroup<EpollLoop>;
  EpollLoop(const RuntimeConfig& config, Group& group, std::uint16_t index, Parts parts);
  /// A loop on epoll belongs to no thread.
  void prepare_for_this_thread() noexcept {}
  void prepare_for_new_thread() noexcept {}
  /// Runs on the calling thread until the group's flag is set.
  void run_until_stopped();
  /// Makes the loop look at the flag. Any thread.
  void rouse() noexcept;
  /// Owner of `fd`, which listens at an endpoint that other loops may share; on this loop's worker.
  Result<SocketBase*> adopt_listener(int fd, std::shared_ptr<void> claim);
  /// Flags every task; what resumes one next drops it.
  void begin_shut_down() noexcept;
  /// No task, job or answer is left.
  bool is_drained() const noexcept { return worker_.tasks.empty() && !has_jobs(); }
  bool has_jobs() const noexcept { return has_work() || inbox_.has_jobs(); }
  /// Between begin_shut_down() and is_drained(): one turn. Blocks if `may_wait` and what is left can only come from
  /// another thread.
  void drain(bool may_wait) noexcept;
  const WorkerCounters& counters() const noexcept { return worker_.counters; }

 private:
  /// Where a pending operation stands; kept in Op::scratch. Timers in the wheel use scratch for their slot.
  enum Stage : std::uint16_t {
    waiting_for_edge = 0,
    queued_to_try = 1,
    queued_to_complete = 2,
    cancelled_timer = 0xffff
  };
  /// In what an event carries: it is the address of a PollOp, and not of a socket.
  static constexpr std::uint64_t poll_tag = 1;

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
  void dispatch_poll(PollOp& op, std::uint32_t events);
  void complete(Op& op) noexcept;
  void free_retired() noexcept;
  void wake() noexcept;
  bool has_work() const noexcept { return !worker_.ready.empty() || !answers_.empty(); }

  /// Is single_loop, and neither one of several loops nor the anti-pattern.
  bool takes_plant() const noexcept { return group_ == nullptr && idle_ == Idle::block; }
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
  Submitted start_poll(PollOp& op) noexcept;
  void stop_polling(const PollOp& op) noexcept;
  Submitted queue_try(Op& op) noexcept;
  void queue_result(Op& op, std::int32_t result) noexcept;
  void cancel_on_socket(Op*& slot) noexcept;
  void retry_accept_later(EpollSocket& listener) noexcept;
  static void retry_accept(Job& job) noexcept;
  bool watch(EpollSocket& socket) noexcept { return watch(socket, *this); }
  bool watch(EpollSocket& socket, const EpollLoop& home) noexcept;
  EpollSocket* take_in(int fd) noexcept;
  Result<SocketBase*> watch_listener(EpollSocket& listener);
  void retire(EpollSocket& socket) noexcept;
  void shut_down() noexcept;

  Idle idle_;
  Group* group_ = nullptr;
  Runtime* whole_;        ///< the runtime that tasks and sockets see; this, if there is no group
  Dispatcher* dispatch_;  ///< its
  std::atomic<bool>* stop_;
  Descriptor epoll_;
  Descriptor wake_;
  bool fine_timeouts_;
  Worker worker_;
  RunQueue answers_;  ///< pending operations to try or to complete, in order; see Stage
  TimerWheel timers_;
  BufferPool buffers_;
  std::uint32_t budget_ = 0;        ///< answers left for the job that runs now
  EpollSocket* retired_ = nullptr;  ///< closed in this turn; events of this turn may still name them
  // Written to by other threads, on a line apart from what the loop touches all the time.
  alignas(64) Inbox inbox_;
  std::atomic<bool> stop_requested_{false};
};

}  // namespace gauntlet
