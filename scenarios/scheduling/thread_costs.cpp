#include "scenarios/scheduling/thread_costs.hpp"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "scenarios/scheduling/repetition.hpp"

namespace gauntlet {

namespace {

using Clock = std::chrono::steady_clock;

/// A futex word without the spinning that std::atomic::wait and mutexes begin with.
class Semaphore {
 public:
  Semaphore() { sem_init(&semaphore_, 0, 0); }
  ~Semaphore() { sem_destroy(&semaphore_); }
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;
  void post() { sem_post(&semaphore_); }
  void wait() {
    while (sem_wait(&semaphore_) != 0) {
    }
  }

 private:
  sem_t semaphore_;
};

void stay_on(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(cpu), &set);
  pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

void pass_to_and_fro(std::uint64_t times) {
  Semaphore ping, pong;
  const int cpu = sched_getcpu();
  std::thread other([&] {
    stay_on(cpu);
    for (std::uint64_t i = 0; i < times; ++i) {
      ping.wait();
      pong.post();
    }
  });
  for (std::uint64_t i = 0; i < times; ++i) {
    ping.post();
    pong.wait();
  }
  other.join();
}

}  // namespace

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double thread_spawn_ns(std::chrono::nanoseconds budget) {
  constexpr std::uint64_t few = 16;
  Repetition repetition(budget);
  while (repetition.next()) {
    std::vector<std::thread> threads;
    threads.reserve(few);
    for (std::uint64_t i = 0; i < few; ++i) threads.emplace_back([] {});
    repetition.done(few);
    for (std::thread& thread : threads) thread.join();
  }
  return repetition.median_ns();
}

double thread_spawn_join_ns(std::chrono::nanoseconds budget) {
  constexpr std::uint64_t few = 16;
  Repetition repetition(budget);
  while (repetition.next()) {
    for (std::uint64_t i = 0; i < few; ++i) std::thread([] {}).join();
    repetition.done(few);
  }
  return repetition.median_ns();
}

double thread_ping_pong_ns(std::chrono::nanoseconds budget) {
  double result = 0;
  // A thread of its own, so that the caller keeps its CPUs.
  std::thread([&result, budget] {
    stay_on(sched_getcpu());
    pass_to_and_fro(batch / 10);
    Repetition repetition(budget);
    while (repetition.next()) {
      pass_to_and_fro(batch);
      repetition.done(2 * batch);
    }
    result = repetition.median_ns();
  }).join();
  return result;
}

double thread_yield_ns(std::chrono::nanoseconds budget) {
  double result = 0;
  std::thread([&result, budget] {
    const int cpu = sched_getcpu();
    stay_on(cpu);
    std::atomic<bool> over{false};
    std::thread other([&over, cpu] {
      stay_on(cpu);
      while (!over.load(std::memory_order_relaxed)) sched_yield();
    });
    Repetition repetition(budget);
    while (repetition.next()) {
      for (std::uint64_t i = 0; i < batch; ++i) sched_yield();
      repetition.done(2 * batch);
    }
    over = true;
    other.join();
    result = repetition.median_ns();
  }).join();
  return result;
}

double thread_wake_p50_us(std::uint64_t wakes) {
  Semaphore wake, woken;
  std::atomic<Clock::time_point> called;
  std::vector<double> late_us;
  late_us.reserve(wakes);
  std::thread sleeper([&] {
    for (std::uint64_t i = 0; i < wakes; ++i) {
      wake.wait();
      late_us.push_back(std::chrono::duration<double, std::micro>(Clock::now() - called.load()).count());
      woken.post();
    }
  });
  for (std::uint64_t i = 0; i < wakes; ++i) {
    // For it to fall asleep, which is what it is to be woken from.
    std::this_thread::sleep_for(std::chrono::microseconds(100));
    called = Clock::now();
    wake.post();
    woken.wait();
  }
  sleeper.join();
  return median(std::move(late_us));
}

}  // namespace gauntlet
