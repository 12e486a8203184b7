// What a thread is given when it begins to work for a runtime.
#pragma once

#include <string>
#include <vector>

#include "runtimes/contract/hooks.hpp"
#include "runtimes/contract/worker.hpp"

namespace gauntlet {

/// For runtimes: the calling thread is the worker inside run(). It has the worker's name and, if asked, its CPU, and
/// gets its own name and CPUs back at the end.
class WorkerThread {
 public:
  explicit WorkerThread(Worker& worker) noexcept;
  ~WorkerThread();
  WorkerThread(const WorkerThread&) = delete;
  WorkerThread& operator=(const WorkerThread&) = delete;

 private:
  WorkerScope scope_;
  Worker& worker_;
  std::vector<int> cpus_before_;
  std::string name_before_;
};

/// For runtimes: around whatever the worker blocks in.
class Parking {
 public:
  explicit Parking(Worker& worker) noexcept;
  ~Parking();
  Parking(const Parking&) = delete;
  Parking& operator=(const Parking&) = delete;

 private:
  Worker& worker_;
};

/// Of a thread for blocking calls; it has no worker. `cpus`: those of the process, as far as a worker that started it
/// may be bound to one of them; empty where none is.
void begin_blocking_thread(const std::string& name, std::uint32_t index, const std::vector<int>& cpus) noexcept;

}  // namespace gauntlet
