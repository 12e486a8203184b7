#include "runtimes/contract/worker_thread.hpp"

#include <pthread.h>

#include <cstdio>

#include "runtimes/contract/runtime.hpp"

namespace gauntlet {

namespace {

constexpr std::size_t kernel_name_bytes = 16;

void name_this_thread(const std::string& name, const char* separator, std::uint32_t index) noexcept {
  char text[kernel_name_bytes];
  if (std::snprintf(text, sizeof text, "%s%s%u", name.c_str(), separator, index) > 0) {
    pthread_setname_np(pthread_self(), text);
  }
}

bool bind_this_thread(const std::vector<int>& cpus) noexcept {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : cpus) CPU_SET(static_cast<std::size_t>(cpu), &set);
  return sched_setaffinity(0, sizeof set, &set) == 0;
}

}  // namespace

std::vector<int> allowed_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cpus;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) cpus.push_back(cpu);
  }
  return cpus;
}

WorkerThread::WorkerThread(Worker& worker) noexcept : scope_(worker), worker_(worker) {
  Runtime& runtime = *worker.runtime;
  if (!runtime.config().worker_thread_name.empty()) {
    pthread_getname_np(pthread_self(), name_before_, sizeof name_before_);
    name_this_thread(runtime.config().worker_thread_name, "-", worker.index);
  }
  if (const std::vector<int>& cpus = runtime.cpus(); !cpus.empty()) {
    sched_getaffinity(0, sizeof cpus_before_, &cpus_before_);
    if (!bind_this_thread({cpus[worker.index % cpus.size()]})) runtime.could_not_bind();
  }
  worker.counters.thread_starts.add();
  if (RuntimeHooks* hooks = runtime.hooks()) hooks->on_thread_start({RuntimeThread::Kind::worker, worker.index});
}

WorkerThread::~WorkerThread() {
  Runtime& runtime = *worker_.runtime;
  if (RuntimeHooks* hooks = runtime.hooks()) hooks->on_thread_stop({RuntimeThread::Kind::worker, worker_.index});
  if (name_before_[0] != '\0') pthread_setname_np(pthread_self(), name_before_);
  if (!runtime.cpus().empty()) sched_setaffinity(0, sizeof cpus_before_, &cpus_before_);
}

Parking::Parking(Worker& worker) noexcept : worker_(worker) {
  worker.counters.parks.add();
  if (RuntimeHooks* hooks = worker.runtime->hooks()) hooks->on_park(worker.index);
}

Parking::~Parking() {
  if (RuntimeHooks* hooks = worker_.runtime->hooks()) hooks->on_unpark(worker_.index);
}

void begin_blocking_thread(const std::string& name, std::uint32_t index, const std::vector<int>& cpus) noexcept {
  if (!name.empty()) name_this_thread(name, "-b", index);
  if (!cpus.empty()) bind_this_thread(cpus);
}

}  // namespace gauntlet
