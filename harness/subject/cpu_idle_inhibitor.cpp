#include "harness/subject/cpu_idle_inhibitor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <future>
#include <system_error>
#include <utility>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace gauntlet {
namespace {

constexpr const char* kLatencyDevice = "/dev/cpu_dma_latency";

#if defined(__x86_64__)
constexpr unsigned long long kSpinCycles = 100'000;  ///< some 40 us

/// PAUSE in user mode makes no hypervisor look for a guest that spins on a lock (pause-loop exiting).
void spin_a_while() {
  const unsigned long long until = __rdtsc() + kSpinCycles;
  while (__rdtsc() < until) _mm_pause();
}

/// An interrupt, and so a wake-up on this CPU, ends it.
__attribute__((target("waitpkg"))) void wait_a_while() {
  constexpr unsigned c0_1 = 1;  // the lighter of its two states: it is left faster
  _tpause(c0_1, __rdtsc() + kSpinCycles);
}
#else
void spin_a_while() {
  for (int i = 0; i < 10'000; ++i) {
#if defined(__aarch64__)
    asm volatile("yield");
#endif
  }
}
void wait_a_while() { spin_a_while(); }
#endif

/// Of the calling thread. The errno of what was refused, or 0.
int become_idle_thread_of(int cpu) {
  pthread_setname_np(pthread_self(), "keep-awake");
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(cpu), &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0) return errno;
  const sched_param none{};
  return sched_setscheduler(0, SCHED_IDLE, &none) == 0 ? 0 : errno;
}

/// Signals are for the thread that waits for them.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

std::expected<std::unique_ptr<CpuIdleInhibitor>, std::string> CpuIdleInhibitor::start(const CpuIdlePlan& plan,
                                                                                      const CpuPlacement& placement) {
  std::unique_ptr<CpuIdleInhibitor> inhibitor(new CpuIdleInhibitor);
  std::expected<void, std::string> started;
  if (plan.means == CpuIdleMeans::latency_request) started = inhibitor->request_latency(plan.latency_us);
  if (plan.means == CpuIdleMeans::idle_threads) {
    for (const int cpu : without_generator(placement).subject) {
      if (started) started = inhibitor->spin_on(cpu, plan.timed_pause);
    }
  }
  if (!started) return std::unexpected(started.error() + "; --cpu-idle allow does without");
  return inhibitor;
}

CpuIdleInhibitor::~CpuIdleInhibitor() {
  stop_.store(true, std::memory_order_relaxed);
  for (std::thread& thread : threads_) thread.join();
  // The kernel forgets the request with the descriptor.
  if (latency_fd_ >= 0) ::close(latency_fd_);
}

std::expected<void, std::string> CpuIdleInhibitor::request_latency(std::int32_t latency_us) {
  latency_fd_ = ::open(kLatencyDevice, O_WRONLY | O_CLOEXEC);
  if (latency_fd_ >= 0 && ::write(latency_fd_, &latency_us, sizeof latency_us) == sizeof latency_us) return {};
  return std::unexpected(fmt::format("cannot keep CPUs awake: {}: {}", kLatencyDevice, std::strerror(errno)));
}

std::expected<void, std::string> CpuIdleInhibitor::spin_on(int cpu, bool timed_pause) {
  std::promise<int> told;
  std::future<int> refused = told.get_future();
  {
    const SignalsBlocked while_the_thread_inherits;
    try {
      threads_.emplace_back([this, cpu, timed_pause, told = std::move(told)]() mutable {
        const int error = become_idle_thread_of(cpu);
        told.set_value(error);
        if (error != 0) return;
        // Beside a CPU-bound task even SCHED_IDLE has a share (3 of 1,027), and takes it by the tick: milliseconds in
        // which requests wait. Who yields has it in pieces that nobody sees.
        for (; !stop_.load(std::memory_order_relaxed); sched_yield()) timed_pause ? wait_a_while() : spin_a_while();
      });
    } catch (const std::system_error& failure) {
      return std::unexpected(fmt::format("cannot keep CPU {} awake: {}", cpu, failure.code().message()));
    }
  }
  if (const int error = refused.get(); error != 0) {
    return std::unexpected(fmt::format("cannot keep CPU {} awake: {}", cpu, std::strerror(error)));
  }
  return {};
}

}  // namespace gauntlet
