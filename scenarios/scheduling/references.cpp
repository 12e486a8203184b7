#include "scenarios/scheduling/references.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "scenarios/scheduling/repetition.hpp"
#include "scenarios/scheduling/thread_costs.hpp"

namespace gauntlet {

namespace {

using Clock = std::chrono::steady_clock;

[[gnu::noinline]] std::uint64_t call(std::uint64_t value) {
  // Neither removed nor merged with its neighbours.
  asm volatile("" : "+r"(value));
  return value;
}

[[gnu::noinline]] std::uint64_t skynet_by_calls(std::uint64_t number, std::uint64_t leaves) {
  if (leaves == 1) return call(number);
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < 10; ++i) sum += skynet_by_calls(number + i * (leaves / 10), leaves / 10);
  return sum;
}

[[gnu::noinline]] std::uint64_t fib_by_calls(std::uint64_t n) {
  return n < 2 ? call(n) : fib_by_calls(n - 1) + fib_by_calls(n - 2);
}

class TimerDescriptor {
 public:
  TimerDescriptor() : fd_(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)) {
    if (fd_ < 0) throw std::runtime_error(std::string("timerfd_create: ") + std::strerror(errno));
  }
  ~TimerDescriptor() { close(fd_); }
  TimerDescriptor(const TimerDescriptor&) = delete;
  TimerDescriptor& operator=(const TimerDescriptor&) = delete;

  void set(Clock::time_point due) const {
    const auto ns = due.time_since_epoch().count();
    const itimerspec at{.it_interval = {}, .it_value = {ns / 1'000'000'000, ns % 1'000'000'000}};
    timerfd_settime(fd_, TFD_TIMER_ABSTIME, &at, nullptr);
  }
  void cancel() const {
    const itimerspec never{};
    timerfd_settime(fd_, 0, &never, nullptr);
  }
  void wait() const {
    std::uint64_t expirations = 0;
    while (read(fd_, &expirations, sizeof expirations) < 0 && errno == EINTR) {
    }
  }

 private:
  const int fd_;
};

void add_bare_lateness(const Sizes& sizes, Figures& figures) {
  const TimerDescriptor descriptor;
  Lateness lateness(sizes.timers, Clock::now() + timer_lead, sizes.timer_span);
  std::vector<std::size_t> in_order(lateness.size());
  std::iota(in_order.begin(), in_order.end(), 0);
  std::ranges::sort(in_order, {}, [&lateness](std::size_t timer) { return lateness.due(timer); });
  for (const std::size_t timer : in_order) {
    while (Clock::now() < lateness.due(timer)) {
      descriptor.set(lateness.due(timer));
      descriptor.wait();
    }
    lateness.fired(timer, Clock::now());
  }
  add_lateness(figures, lateness);
}

double timer_descriptor_ns(std::chrono::nanoseconds budget) {
  const TimerDescriptor descriptor;
  Repetition repetition(budget);
  while (repetition.next()) {
    const Clock::time_point due = Clock::now() + std::chrono::hours(1);
    for (std::uint64_t i = 0; i < batch; ++i) {
      descriptor.set(due);
      descriptor.cancel();
    }
    repetition.done(batch);
  }
  return repetition.median_ns();
}

double call_ns(std::chrono::nanoseconds budget, double& wrong) {
  Repetition repetition(budget);
  while (repetition.next()) {
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < batch; ++i) sum += call(i);
    repetition.done(batch);
    if (sum != skynet_sum(batch)) ++wrong;
  }
  return repetition.median_ns();
}

}  // namespace

Figures measure_plain_calls(const Sizes& sizes) {
  Figures figures;
  double& wrong = figures[wrong_figure];
  // To start a task, to wait for it, to change to another, to hand on: each is a call here.
  const double one_call_ns = call_ns(sizes.budget, wrong);
  for (const char* metric : {"spawn_ns", "spawn_join_ns", "yield_ns", "ping_pong_ns", "ring_hop_ns"}) {
    figures[metric] = one_call_ns;
  }
  figures["timer_set_cancel_ns"] = timer_descriptor_ns(sizes.budget);
  auto start = Clock::now();
  if (skynet_by_calls(0, sizes.skynet_leaves) != skynet_sum(sizes.skynet_leaves)) ++wrong;
  figures["skynet_ms"] = milliseconds_since(start);
  start = Clock::now();
  if (fib_by_calls(sizes.fib_n) != fibonacci(sizes.fib_n)) ++wrong;
  figures["fib_ms"] = milliseconds_since(start);
  add_bare_lateness(sizes, figures);
  return figures;
}

Figures measure_threads(const Sizes& sizes) {
  Figures figures{{wrong_figure, 0}};
  figures["spawn_ns"] = thread_spawn_ns(sizes.budget);
  figures["spawn_join_ns"] = thread_spawn_join_ns(sizes.budget);
  figures["yield_ns"] = thread_yield_ns(sizes.budget);
  figures["ping_pong_ns"] = thread_ping_pong_ns(sizes.budget);
  figures["cross_thread_wake_p50_us"] = thread_wake_p50_us(sizes.wakes);
  return figures;
}

void add_thread_costs(const Sizes& sizes, Figures& figures) {
  figures["thread_spawn_join_ns"] = thread_spawn_join_ns(sizes.budget);
  figures["thread_ping_pong_ns"] = thread_ping_pong_ns(sizes.budget);
}

}  // namespace gauntlet
