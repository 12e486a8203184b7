#include "scenarios/memory/waiting_crowd.hpp"

#include <system_error>

#include "runtimes/task/spawn.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet {

namespace {

/// Longer than any run.
constexpr std::chrono::hours sleep_length{24};
/// Started before they get to run, so that the ready queue is not what grows.
constexpr std::uint64_t batch = 1024;

}  // namespace

Task<void> WaitingCrowd::sleep_long() {
  waiting_.fetch_add(1, std::memory_order_relaxed);
  co_await sleep_for(sleep_length);
}

Task<void> WaitingCrowd::wait_with_handle(Baton& baton) {
  waiting_.fetch_add(1, std::memory_order_relaxed);
  co_await baton.receive();
}

Task<void> WaitingCrowd::wait_alone(Baton& baton) {
  waiting_.fetch_add(1, std::memory_order_relaxed);
  co_await baton.receive();
  detached_ended_.fetch_add(1, std::memory_order_release);
}

Task<void> WaitingCrowd::until_waiting(std::uint64_t count) {
  while (waiting_.load(std::memory_order_relaxed) < count) co_await yield();
}

Baton* WaitingCrowd::new_batons(std::uint64_t count) {
  batons_.push_back({.of = std::make_unique<Baton[]>(count), .count = count});
  return batons_.back().of.get();
}

Task<void> WaitingCrowd::add_sleeping(std::uint64_t count) {
  sleeping_.reserve(sleeping_.size() + count);
  waiting_ = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    sleeping_.push_back(spawn(sleep_long()));
    if (i % batch == batch - 1) co_await until_waiting(i + 1);
  }
  co_await until_waiting(count);
}

Task<void> WaitingCrowd::add_with_handle(std::uint64_t count) {
  with_handle_.reserve(with_handle_.size() + count);
  Baton* const batons = new_batons(count);
  waiting_ = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    with_handle_.push_back(spawn(wait_with_handle(batons[i])));
    if (i % batch == batch - 1) co_await until_waiting(i + 1);
  }
  co_await until_waiting(count);
}

Task<void> WaitingCrowd::add_detached(std::uint64_t count) {
  Baton* const batons = new_batons(count);
  detached_ += count;
  waiting_ = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    spawn(wait_alone(batons[i])).detach();
    if (i % batch == batch - 1) co_await until_waiting(i + 1);
  }
  co_await until_waiting(count);
}

Task<std::uint64_t> WaitingCrowd::release() {
  std::uint64_t ended = 0;
  for (JoinHandle<void>& handle : sleeping_) handle.cancel();
  for (JoinHandle<void>& handle : sleeping_) {
    const TaskResult<void> result = co_await handle;
    if (!result.has_value() && result.error().cancelled()) ++ended;
  }
  Runtime& runtime = *this_worker()->runtime;
  for (const Batons& batons : batons_) {
    for (std::uint64_t i = 0; i < batons.count; ++i) batons.of[i].pass(runtime);
  }
  for (JoinHandle<void>& handle : with_handle_) {
    const TaskResult<void> result = co_await handle;
    if (result.has_value()) ++ended;
  }
  while (detached_ended_.load(std::memory_order_acquire) < detached_) co_await yield();
  ended += detached_;
  // Emptied and not kept: what a crowd held is given back before the next one comes.
  std::vector<JoinHandle<void>>().swap(sleeping_);
  std::vector<JoinHandle<void>>().swap(with_handle_);
  batons_.clear();
  detached_ = 0;
  detached_ended_ = 0;
  co_return ended;
}

std::uint64_t WaitingCrowd::add_threads(std::uint64_t count) {
  const std::size_t before = threads_.size();
  threads_blocked_ = before;
  try {
    for (std::uint64_t i = 0; i < count; ++i) {
      threads_.emplace_back([this] {
        threads_blocked_.fetch_add(1);
        threads_blocked_.notify_one();
        threads_may_end_.wait(false);
      });
    }
  } catch (const std::system_error&) {
    // The system grants no more of them: how many it did is the answer.
  }
  for (std::uint64_t seen = 0; (seen = threads_blocked_.load()) < threads_.size();) threads_blocked_.wait(seen);
  return threads_.size() - before;
}

void WaitingCrowd::release_threads() {
  threads_may_end_ = true;
  threads_may_end_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  threads_may_end_ = false;
}

}  // namespace gauntlet
