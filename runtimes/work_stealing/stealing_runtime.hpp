// The work-stealing runtime.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtimes/contract/runtime.hpp"
#include "runtimes/work_stealing/idle_workers.hpp"
#include "runtimes/work_stealing/injector.hpp"
#include "runtimes/work_stealing/io_driver.hpp"
#include "runtimes/work_stealing/shared_socket.hpp"
#include "runtimes/work_stealing/stealing_worker.hpp"

namespace gauntlet {

/// Workers with a deque each, an injector for work from outside, one IoDriver.
///
/// Order: a worker takes the oldest job of its deque, except that a task it has just spawned or woken comes first,
/// while the caches are warm; after `hot_bound` of those in a row the oldest has its turn.
///
/// Input and output: readiness is taken edge-triggered and remembered per direction of a socket (see Readiness). An
/// operation that finds its socket ready does its system call inside submit, on the worker it is on, until the budget
/// of the resumed job is spent. Otherwise the poller queues the direction as a job, to be answered by whoever takes it.
///
/// With one worker there is nobody to share with: one queue, in order, and events are answered where they are polled.
/// With stealing switched off every job stays on its worker, and a socket has a home, which the dispatch chooses; the
/// driver is shared all the same.
class StealingRuntime final : public Runtime {
 public:
  StealingRuntime(const RuntimeConfig& config, Dispatch dispatch, Poller poller);
  ~StealingRuntime() override;

  void enqueue(Job& job, Worker* caller) noexcept override;
  Submitted submit(Op& op) noexcept override;
  void cancel(Op& op) noexcept override;
  Result<SocketBase*> listen(const Endpoint& endpoint) override;
  void give_back(std::byte* data, std::uint32_t token) noexcept override;
  void run_workers() override;
  Turn poll_once() override;
  void stop() noexcept override;
  EffectiveConfig own_settings() const override;
  RuntimeMetrics metrics() const noexcept override;

 private:
  static constexpr std::uint16_t settled_timer = 0xffff;  ///< in Op::scratch: no longer in a wheel
  /// In Op::scratch of an operation on a descriptor: its result is there, and what it is about may go.
  static constexpr std::uint16_t unsettled = 0;
  static constexpr std::uint16_t settled = 1;

  static std::uint16_t workers_for(const RuntimeConfig& config) noexcept;
  static RuntimeTraits traits_for(const RuntimeConfig& config) noexcept;
  /// The calling worker, if it is one of this runtime.
  StealingWorker* here() const noexcept;
  StealingWorker& worker_here() const noexcept;

  // One turn (stealing_runtime.cpp).
  void drive(StealingWorker& worker);
  bool turn(StealingWorker& worker, bool may_block);
  void run_ready(StealingWorker& worker);
  void run_job(StealingWorker& worker, Job& job) noexcept;
  void expire_timers(StealingWorker& worker);
  void shut_down() noexcept;
  bool anything_left() noexcept;
  std::string dispatch_note() const;

  // Queues, stealing, waking (scheduling.cpp).
  Job* next_job(StealingWorker& worker) noexcept;
  Job* take_from_deque(StealingWorker& worker) noexcept;
  bool has_work(const StealingWorker& worker) const noexcept;
  void push(StealingWorker& worker, Job& job, bool hot) noexcept;
  void make_room(StealingWorker& worker) noexcept;
  void deliver(StealingWorker& worker, Job& job) noexcept;
  void hand_over(std::uint16_t to, Job& job) noexcept;
  void take_handed_over(StealingWorker& worker) noexcept;
  bool take_injected(StealingWorker& worker) noexcept;
  void search(StealingWorker& worker) noexcept;
  bool steal(StealingWorker& worker) noexcept;
  void stop_searching(StealingWorker& worker) noexcept;
  void wake_one() noexcept;
  void wake(StealingWorker& sleeper) noexcept;
  bool work_anywhere() const noexcept;

  // Blocking and events (parking.cpp).
  void poll_or_park(StealingWorker& worker, bool may_block);
  void poll_now(StealingWorker& worker);
  void park(StealingWorker& worker);
  void sleep_in_spot(StealingWorker& worker, std::uint32_t ticket);
  std::size_t sleep_in_driver(StealingWorker& worker, std::span<epoll_event> events, bool block);
  void dispatch(StealingWorker& worker, std::span<const epoll_event> events);
  void dispatch(StealingWorker& worker, SharedSocket& socket, std::uint32_t events);
  void dispatch(StealingWorker& worker, Direction& direction, bool hung_up);
  std::optional<TimerWheel::Clock::time_point> next_deadline(StealingWorker& worker) noexcept;

  // Operations (operations.cpp); `true` means that `result` is set.
  static Direction* direction_of(Op& op) noexcept;
  static void answer(Job& job) noexcept;
  enum class Settled : std::uint8_t { no, yes, yes_and_leave };
  Settled settle(StealingWorker& worker, Direction& direction, Op& op) noexcept;
  bool attempt(StealingWorker& worker, Op& op, bool& still_ready) noexcept;
  bool try_accept(StealingWorker& worker, AcceptOp& op) noexcept;
  bool try_receive(StealingWorker& worker, ReceiveOp& op, bool& still_ready) noexcept;
  Submitted start(StealingWorker& worker, Direction& direction, Op& op) noexcept;
  Submitted start_receive(StealingWorker& worker, SharedSocket& socket, Op& op) noexcept;
  Submitted answered(StealingWorker& worker, Direction& direction, Settled outcome) noexcept;
  Submitted start_connect(StealingWorker& worker, ConnectOp& op) noexcept;
  void be_cancelled(Op& op) noexcept;
  Settled finish(Direction& direction, Op& op, bool still_ready) noexcept;

  // Foreign descriptors (polls.cpp).
  Submitted start_poll(StealingWorker& worker, PollOp& op) noexcept;
  void dispatch(StealingWorker& worker, PollRecord& record, std::uint32_t events);
  void cancel_poll(StealingWorker& worker, PollOp& op) noexcept;
  void settle_poll(StealingWorker& worker, PollRecord& record, PollOp& op, std::int32_t result) noexcept;

  // Sockets and timers (closing.cpp).
  SharedSocket* open_socket(std::uint16_t home, int fd, bool connected);
  bool watch(StealingWorker& worker, SharedSocket& socket) noexcept;
  Submitted start_close(StealingWorker& worker, CloseOp& op) noexcept;
  std::uint32_t close_direction(StealingWorker& worker, Direction& direction) noexcept;
  bool release_users(StealingWorker& worker, SharedSocket& socket, std::uint32_t count) noexcept;
  void leave(StealingWorker& worker, Direction& direction) noexcept;
  void insert_timer(StealingWorker& worker, TimerOp& timer) noexcept;
  bool remove_timer(TimerOp& timer) noexcept;
  void retry_accept_later(StealingWorker& worker, SharedSocket& listener) noexcept;
  bool drop_retry(SharedSocket& listener) noexcept;
  static void retry_accept(Job& job) noexcept;

  const bool alone_;      ///< one worker
  const bool stealing_;   ///< jobs move between workers
  const bool deals_out_;  ///< accepted sockets go to the worker that the dispatch chooses
  std::vector<std::unique_ptr<StealingWorker>> workers_list_;
  std::vector<Worker*> peers_;
  IdleWorkers idle_;
  Injector injector_;
  IoDriver driver_;
  std::atomic<std::int64_t> open_sockets_{0};
  std::atomic<bool> stop_requested_{false};
};

}  // namespace gauntlet
