#include "scenarios/scheduling/task_costs.hpp"

#include <atomic>
#include <cerrno>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "runtimes/task/spawn.hpp"
#include "runtimes/task/time.hpp"
#include "scenarios/baton.hpp"
#include "scenarios/scheduling/repetition.hpp"
#include "scenarios/scheduling/thread_costs.hpp"

namespace gauntlet {

namespace {

using Clock = std::chrono::steady_clock;

Task<void> count_up(std::atomic<std::uint64_t>& count) {
  count.fetch_add(1, std::memory_order_relaxed);
  co_return;
}

Task<std::uint64_t> give(std::uint64_t value) { co_return value; }

struct Table {
  Baton question, reply;
};

/// Shares the table: whichever of the two is dropped first, the other's wait is withdrawn from there.
Task<void> answer(std::shared_ptr<Table> table, std::uint64_t times) {
  for (std::uint64_t i = 0; i < times; ++i) {
    co_await table->question.receive();
    table->reply.pass(*this_worker()->runtime);
  }
}

/// A timer whose end is counted.
class CountedTimer {
 public:
  struct Ends {
    std::uint64_t all = 0, cancelled = 0;
  };
  CountedTimer(Clock::time_point due, Ends& ends) : op_(due, &ended) {
    op_.owner = &ends;
    op_.worker = this_worker()->index;
  }
  void set(Runtime& runtime) {
    op_.in_flight = runtime.submit(op_) == Submitted::pending;
    if (!op_.in_flight) ++static_cast<Ends*>(op_.owner)->all;
  }
  void cancel(Runtime& runtime) {
    if (op_.in_flight) runtime.cancel(op_);
  }

 private:
  static void ended(Job& job) noexcept {
    auto& op = static_cast<TimerOp&>(job);
    op.in_flight = false;
    auto& ends = *static_cast<Ends*>(op.owner);
    ++ends.all;
    if (op.result == -ECANCELED) ++ends.cancelled;
  }
  TimerOp op_;
};

/// A thread outside the runtime that passes the baton, waits until it was received, and sleeps a little.
class ForeignCaller {
 public:
  ForeignCaller(Runtime& runtime, std::uint64_t calls) : thread_([this, &runtime, calls] { call(runtime, calls); }) {}
  ForeignCaller(const ForeignCaller&) = delete;
  ForeignCaller& operator=(const ForeignCaller&) = delete;
  /// Also where the task is dropped in between.
  ~ForeignCaller() {
    over_ = true;
    received();
    thread_.join();
  }
  Baton::Wait receive() { return baton_.receive(); }
  Clock::time_point called() const { return called_; }
  void received() {
    answers_.fetch_add(1);
    answers_.notify_one();
  }

 private:
  void call(Runtime& runtime, std::uint64_t calls) {
    for (std::uint64_t i = 0; i < calls; ++i) {
      // For the worker to fall asleep, which is what it is to be woken from.
      std::this_thread::sleep_for(std::chrono::microseconds(100));
      if (over_) return;
      called_ = Clock::now();
      baton_.pass(runtime);
      answers_.wait(i);
    }
  }

  Baton baton_;
  std::atomic<Clock::time_point> called_{};
  std::atomic<std::uint64_t> answers_{0};
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace

Task<double> spawn_ns(std::chrono::nanoseconds budget) {
  std::atomic<std::uint64_t> ended{0};
  Repetition repetition(budget);
  while (repetition.next()) {
    ended = 0;
    for (std::uint64_t i = 0; i < batch; ++i) spawn(count_up(ended)).detach();
    repetition.done(batch);
    while (ended.load(std::memory_order_acquire) < batch) co_await yield();
  }
  co_return repetition.median_ns();
}

Task<double> spawn_join_ns(std::chrono::nanoseconds budget, std::uint64_t& wrong) {
  Repetition repetition(budget);
  while (repetition.next()) {
    std::uint64_t right = 0;
    for (std::uint64_t i = 0; i < batch; ++i) {
      JoinHandle<std::uint64_t> handle = spawn(give(i));
      const TaskResult<std::uint64_t> result = co_await handle;
      if (result.has_value() && *result == i) ++right;
    }
    repetition.done(batch);
    wrong += batch - right;
  }
  co_return repetition.median_ns();
}

Task<double> yield_ns(std::chrono::nanoseconds budget) {
  Repetition repetition(budget);
  while (repetition.next()) {
    for (std::uint64_t i = 0; i < batch; ++i) co_await yield();
    repetition.done(batch);
  }
  co_return repetition.median_ns();
}

Task<double> ping_pong_ns(std::chrono::nanoseconds budget) {
  const auto table = std::make_shared<Table>();
  Runtime& runtime = *this_worker()->runtime;
  Repetition repetition(budget);
  while (repetition.next()) {
    JoinHandle<void> other = spawn(answer(table, batch));
    for (std::uint64_t i = 0; i < batch; ++i) {
      table->question.pass(runtime);
      co_await table->reply.receive();
    }
    repetition.done(2 * batch);
    co_await other;
  }
  co_return repetition.median_ns();
}

Task<double> timer_set_cancel_ns(std::chrono::nanoseconds budget, std::uint64_t& wrong) {
  Runtime& runtime = *this_worker()->runtime;
  Repetition repetition(budget);
  while (repetition.next()) {
    const Clock::time_point due = Clock::now() + std::chrono::hours(1);
    CountedTimer::Ends ends;
    std::deque<CountedTimer> timers;
    for (std::uint64_t i = 0; i < batch; ++i) timers.emplace_back(due, ends).set(runtime);
    for (CountedTimer& timer : timers) timer.cancel(runtime);
    while (ends.all < batch) co_await yield();
    repetition.done(batch);
    wrong += batch - ends.cancelled;
  }
  co_return repetition.median_ns();
}

Task<double> cross_thread_wake_p50_us(std::uint64_t wakes) {
  std::vector<double> late_us;
  late_us.reserve(wakes);
  ForeignCaller caller(*this_worker()->runtime, wakes);
  for (std::uint64_t i = 0; i < wakes; ++i) {
    co_await caller.receive();
    late_us.push_back(std::chrono::duration<double, std::micro>(Clock::now() - caller.called()).count());
    caller.received();
  }
  co_return median(std::move(late_us));
}

}  // namespace gauntlet
