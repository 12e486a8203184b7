#include "scenarios/scheduling/fan_out.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <vector>

#include "runtimes/task/spawn.hpp"
#include "runtimes/task/time.hpp"
#include "scenarios/baton.hpp"

namespace gauntlet {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t laps = 3;

Task<std::uint64_t> skynet(std::uint64_t number, std::uint64_t leaves) {
  if (leaves == 1) co_return number;
  std::array<JoinHandle<std::uint64_t>, 10> children;
  const std::uint64_t share = leaves / children.size();
  for (std::uint64_t i = 0; i < children.size(); ++i) children[i] = spawn(skynet(number + i * share, share));
  std::uint64_t sum = 0;
  for (JoinHandle<std::uint64_t>& child : children) {
    const TaskResult<std::uint64_t> result = co_await child;
    if (result.has_value()) sum += *result;
  }
  co_return sum;
}

Task<std::uint64_t> fib(std::uint64_t n) {
  if (n < 2) co_return n;
  JoinHandle<std::uint64_t> forked = spawn(fib(n - 1));
  const Task<std::uint64_t> own = fib(n - 2);
  const std::uint64_t mine = co_await own;
  const TaskResult<std::uint64_t> other = co_await forked;
  co_return mine + other.value_or(0);
}

/// Shares the batons: whichever member is dropped first, the others' waits are withdrawn from there.
Task<void> hand_on(std::shared_ptr<Baton[]> batons, std::uint64_t place) {
  for (std::uint64_t lap = 0; lap < laps; ++lap) {
    co_await batons[static_cast<std::ptrdiff_t>(place)].receive();
    batons[static_cast<std::ptrdiff_t>(place + 1)].pass(*this_worker()->runtime);
  }
}

Task<void> fire(Lateness& lateness, std::size_t timer) {
  co_await sleep_until(lateness.due(timer));
  lateness.fired(timer, Clock::now());
}

}  // namespace

Task<void> measure_skynet(std::uint64_t leaves, Figures& figures) {
  const auto start = Clock::now();
  const Task<std::uint64_t> root = skynet(0, leaves);
  const std::uint64_t sum = co_await root;
  figures["skynet_ms"] = milliseconds_since(start);
  if (sum != skynet_sum(leaves)) ++figures[wrong_figure];
}

Task<void> measure_fib(std::uint64_t n, Figures& figures) {
  const auto start = Clock::now();
  const Task<std::uint64_t> root = fib(n);
  const std::uint64_t result = co_await root;
  figures["fib_ms"] = milliseconds_since(start);
  if (result != fibonacci(n)) ++figures[wrong_figure];
}

Task<void> measure_ring(std::uint64_t tasks, Figures& figures) {
  // The last baton is ours: it closes the ring.
  const std::shared_ptr<Baton[]> batons(new Baton[tasks + 1]);
  std::vector<JoinHandle<void>> members;
  members.reserve(tasks);
  for (std::uint64_t i = 0; i < tasks; ++i) members.push_back(spawn(hand_on(batons, i)));
  co_await yield();
  Runtime& runtime = *this_worker()->runtime;
  const auto start = Clock::now();
  for (std::uint64_t lap = 0; lap < laps; ++lap) {
    batons[0].pass(runtime);
    co_await batons[static_cast<std::ptrdiff_t>(tasks)].receive();
  }
  figures["ring_hop_ns"] = milliseconds_since(start) * 1e6 / static_cast<double>(laps * tasks);
  for (JoinHandle<void>& member : members) co_await member;
}

Task<void> measure_lateness(const Sizes& sizes, Figures& figures) {
  Lateness lateness(sizes.timers, Clock::now() + timer_lead, sizes.timer_span);
  std::vector<JoinHandle<void>> tasks;
  tasks.reserve(lateness.size());
  for (std::size_t timer = 0; timer < lateness.size(); ++timer) tasks.push_back(spawn(fire(lateness, timer)));
  for (JoinHandle<void>& task : tasks) co_await task;
  add_lateness(figures, lateness);
}

}  // namespace gauntlet
