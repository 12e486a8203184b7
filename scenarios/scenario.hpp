// What a scenario is, and what it may ask of the harness.
//
//   info()   what is asked, with which parameters, measured how, claimed by whom
//   serve()  the coroutine that runs inside the runtime under test, in the worker process
//   drive()  what is done to that process through Bench; returns observations
//   judge()  observations -> judgement; pure, so it is tested on fixed observations
//
// The harness implements Bench; a scenario sees nothing else of it.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "runtimes/contract/runtime.hpp"
#include "runtimes/recovery/config.hpp"
#include "runtimes/task/task.hpp"
#include "scenarios/bench.hpp"
#include "scenarios/info.hpp"

namespace gauntlet {

/// What the worker process offers to serve(). Implemented by harness/worker.
class ServeContext {
 public:
  virtual ~ServeContext() = default;
  virtual const Parameters& parameters() const = 0;
  /// The [recovery] of the configuration file, for a server to keep its requests as it says; null: there is none, or it
  /// is not enabled. To be asked before ready(), which tells the user whether the scenario has a use for it.
  virtual const recovery::RecoveryConfig* recovery() { return nullptr; }
  /// TCP port asked for with `gauntlet serve --port`; 0 lets the kernel choose.
  virtual std::uint16_t port() const = 0;
  /// Tells the harness that the subject is up. `port` 0: nothing is listening.
  virtual void ready(std::uint16_t port) = 0;
  /// The next word that drive() sent with Bench::tell. One waiter at a time.
  virtual Task<std::string> next_command() = 0;
  /// Sends named figures to drive(), which gets them from Bench::await_report.
  virtual void report(const std::map<std::string, double>& values) = 0;
};

/// What the worker process offers to a reference (floor), which runs without any runtime.
struct ReferenceContext {
  const Parameters& parameters;
  std::uint16_t port = 0;
  /// Becomes readable when the reference is to return.
  int stop_fd = -1;
  /// Announces readiness; call once, after the socket listens.
  virtual void ready(std::uint16_t bound_port) = 0;
  /// Sends named figures to drive(), as ServeContext::report does.
  virtual void report(const std::map<std::string, double>& values) = 0;

 protected:
  ReferenceContext(const Parameters& p, std::uint16_t asked_port, int fd)
      : parameters(p), port(asked_port), stop_fd(fd) {}
  ~ReferenceContext() = default;
};

/// What a run asks of the machine; 0 where it is nothing to speak of.
struct Needs {
  std::uint64_t descriptors = 0;   ///< of one process
  std::uint64_t memory_bytes = 0;  ///< of all its processes
  std::uint64_t tasks = 0;         ///< live ones of the worker; 0: more than a runtime with a bound has
};
/// Tasks of a server beside those of its connections: it, its listener, its command, its clock, and as much again.
inline constexpr std::uint64_t tasks_beside = 8;
/// Descriptors of a process beside its connections: listeners, pipes, one poller a worker.
inline constexpr std::uint64_t descriptors_beside = 300;

class Scenario {
 public:
  virtual ~Scenario() = default;
  virtual const ScenarioInfo& info() const = 0;
  /// Held against the machine's limits before anything is started.
  virtual Needs needs(const Parameters& parameters) const;
  /// Returns the exit code of the worker; runs until its work is done or it is cancelled.
  virtual Task<int> serve(ServeContext& context) const = 0;
  /// Runs the reference `name` of info().references on the calling thread until stop_fd is readable, or its work is
  /// done.
  virtual int serve_reference(std::string_view name, ReferenceContext& context) const;
  virtual Observations drive(Bench& bench) const = 0;
  /// The default holds every claim against its metric; wrong answers fail, an invalid warning voids.
  virtual Judgement judge(const Observations& observations) const;
};

/// Every scenario, in the order in which they are listed. Explicit table, static storage.
std::span<const Scenario* const> all_scenarios();
const Scenario* find_scenario(std::string_view name);

}  // namespace gauntlet
