#include "runtimes/contract/worker_thread.hpp"

#include <cstdint>

#include "runtimes/contract/runtime.hpp"
#include "runtimes/contract/thread_placement.hpp"

namespace gauntlet {

namespace {

void name_this_thread_of(const std::string& runtime, const char* separator, std::uint32_t index) noexcept {
  name_this_thread((runtime + separator + std::to_string(index)).c_str());
}

}  // namespace

WorkerThread::WorkerThread(Worker& worker) noexcept : scope_(worker), worker_(worker) {
  Runtime& runtime = *worker.runtime;
  if (!runtime.config().worker_thread_name.empty()) {
    name_before_ = name_of_this_thread();
    name_this_thread_of(runtime.config().worker_thread_name, "-", worker.index);
  }
  if (const std::vector<int>& cpus = runtime.cpus(); !cpus.empty()) {
    cpus_before_ = allowed_cpus();
    if (!bind_this_thread({cpus[worker.index % cpus.size()]})) runtime.could_not_bind();
  }
  worker.counters.thread_starts.add();
  if (RuntimeHooks* hooks = runtime.hooks()) hooks->on_thread_start({RuntimeThread::Kind::worker, worker.index});
}

WorkerThread::~WorkerThread() {
  Runtime& runtime = *worker_.runtime;
  if (RuntimeHooks* hooks = runtime.hooks()) hooks->on_thread_stop({RuntimeThread::Kind::worker, worker_.index});
  if (!name_before_.empty()) name_this_thread(name_before_.c_str());
  if (!cpus_before_.empty()) bind_this_thread(cpus_before_);
}

Parking::Parking(Worker& worker) noexcept : worker_(worker) {
  worker.counters.parks.add();
  if (RuntimeHooks* hooks = worker.runtime->hooks()) hooks->on_park(worker.index);
}

Parking::~Parking() {
  if (RuntimeHooks* hooks = worker_.runtime->hooks()) hooks->on_unpark(worker_.index);
}

void begin_blocking_thread(const std::string& name, std::uint32_t index, const std::vector<int>& cpus) noexcept {
  if (!name.empty()) name_this_thread_of(name, "-b", index);
  if (!cpus.empty()) bind_this_thread(cpus);
}

}  // namespace gauntlet
