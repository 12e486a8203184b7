#include "scenarios/memory/memory.hpp"

#include <pthread.h>
#include <sys/prctl.h>

#include <charconv>
#include <chrono>
#include <string_view>

#include "runtimes/task/spawn.hpp"
#include "scenarios/load/plans.hpp"
#include "scenarios/load/services.hpp"
#include "scenarios/memory/memory_info.hpp"
#include "scenarios/memory/waiting_crowd.hpp"

namespace gauntlet {

namespace {

using namespace std::chrono_literals;

/// For what was freed or started to come to rest before memory is read.
constexpr auto settling = 30ms;
constexpr auto answer_limit = 120s;
/// So many of each kind come before the first reading: what is paid once is no part of the difference.
constexpr std::uint64_t tasks_before = 500;
constexpr std::uint32_t load_connections = 64;
/// Some hundred are enough for our own; a library may want more.
constexpr std::uint64_t task_bytes_at_most = 1024;

std::uint64_t default_stack_bytes() {
  pthread_attr_t attributes;
  std::size_t size = 0;
  if (pthread_attr_init(&attributes) != 0) return 0;
  pthread_attr_getstacksize(&attributes, &size);
  pthread_attr_destroy(&attributes);
  return size;
}

std::uint64_t number_behind(std::string_view command, std::string_view word) {
  std::uint64_t number = 0;
  command.remove_prefix(word.size());
  std::from_chars(command.data(), command.data() + command.size(), number);
  return number;
}

Task<void> obey(ServeContext& context, WaitingCrowd& crowd, std::string_view command) {
  if (command.starts_with("sleeping ")) {
    co_await crowd.add_sleeping(number_behind(command, "sleeping "));
  } else if (command.starts_with("handle ")) {
    co_await crowd.add_with_handle(number_behind(command, "handle "));
  } else if (command.starts_with("detached ")) {
    co_await crowd.add_detached(number_behind(command, "detached "));
  } else if (command.starts_with("threads ")) {
    const std::uint64_t granted = crowd.add_threads(number_behind(command, "threads "));
    co_return context.report(
        {{"count", static_cast<double>(granted)}, {"stack_bytes", static_cast<double>(default_stack_bytes())}});
  } else if (command == "release") {
    const std::uint64_t ended = co_await crowd.release();
    co_return context.report({{"count", static_cast<double>(ended)}});
  } else if (command == "accepted") {
    co_return context.report({{"count", static_cast<double>(this_worker()->runtime->metrics().accepts)}});
  }
  context.report({});
}

/// What a scenario says to its own serve(), and what it reads of the process.
class Subject {
 public:
  explicit Subject(Bench& bench) : bench_(bench) { bench_.start(); }

  std::map<std::string, double> ask(const std::string& command) {
    bench_.tell(command);
    return bench_.await_report(answer_limit);
  }
  std::uint64_t count(const std::string& command) { return static_cast<std::uint64_t>(ask(command).at("count")); }
  void add(std::string_view kind, std::uint64_t tasks) { ask(std::string(kind) + " " + std::to_string(tasks)); }
  void add_all(std::uint64_t tasks) {
    for (const char* kind : {"sleeping", "handle", "detached"}) add(kind, tasks);
  }
  std::uint64_t rss_bytes() { return bench_.observe(settling).rss_bytes; }

 private:
  Bench& bench_;
};

void read_tasks(Bench& bench, MemoryReadings& seen) {
  Subject subject(bench);
  seen.tasks = static_cast<std::uint64_t>(bench.parameters().integer("tasks"));
  subject.add_all(tasks_before);
  seen.before_tasks = subject.rss_bytes();
  subject.add("sleeping", seen.tasks);
  seen.with_sleeping = subject.rss_bytes();
  subject.add("handle", seen.tasks);
  seen.with_handles = subject.rss_bytes();
  subject.add("detached", seen.tasks);
  seen.with_detached = subject.rss_bytes();
  seen.tasks_ended = subject.count("release");
  seen.tasks_started = 3 * (tasks_before + seen.tasks);

  const std::int64_t rounds = bench.parameters().integer("rounds");
  for (std::int64_t round = 0; round < rounds; ++round) {
    subject.add_all(tasks_before + seen.tasks);
    seen.tasks_started += 3 * (tasks_before + seen.tasks);
    if (round + 1 == rounds) seen.last_round = subject.rss_bytes();
    seen.tasks_ended += subject.count("release");
  }

  seen.before_threads = subject.rss_bytes();
  const auto granted = subject.ask("threads " + std::to_string(bench.parameters().integer("threads")));
  seen.with_threads = subject.rss_bytes();
  seen.threads = static_cast<std::uint64_t>(granted.at("count"));
  seen.stack_reserved = static_cast<std::uint64_t>(granted.at("stack_bytes"));
  bench.stop();
}

/// With `connections` open and silent.
std::uint64_t rss_with_idle(Bench& bench, std::uint64_t connections, MemoryReadings& seen) {
  const LoadOutcome outcome = bench.offer(idle_plan(static_cast<std::uint32_t>(connections), 0.1), "idle");
  seen.connections_opened += connections;
  seen.load_errors += outcome.errors;
  if (seen.first_load_error.empty()) seen.first_load_error = outcome.first_error;
  return outcome.subject.rss_bytes;
}

void read_connections(Bench& bench, MemoryReadings& seen) {
  Subject subject(bench);
  LoadPlan plan;
  plan.pacing = Pacing::closed;
  plan.expect_body = "Hello, World!";
  plan.connections = load_connections;
  plan.warmup_cap_s = 0.1;
  plan.duration_s = 0.2;
  const LoadOutcome load = bench.offer(plan, "load");
  seen.load_peak = load.subject.rss_peak_bytes;
  seen.load_errors = load.errors;
  seen.first_load_error = load.first_error;
  seen.connections_opened = load_connections;

  seen.many_connections = static_cast<std::uint64_t>(bench.parameters().integer("connections"));
  seen.few_connections = seen.many_connections / 10;
  seen.with_few_connections = rss_with_idle(bench, seen.few_connections, seen);
  seen.with_many_connections = rss_with_idle(bench, seen.many_connections, seen);
  seen.connections_accepted = subject.count("accepted");
  bench.stop();
}

class MemoryScenario final : public Scenario {
 public:
  const ScenarioInfo& info() const override { return memory_info(); }

  Needs needs(const Parameters& parameters) const override {
    return {.descriptors = static_cast<std::uint64_t>(parameters.integer("connections")) + descriptors_beside,
            .memory_bytes = 3 * static_cast<std::uint64_t>(parameters.integer("tasks")) * task_bytes_at_most};
  }

  Task<int> serve(ServeContext& context) const override {
    // Huge pages would round what a task holds to 2 MiB.
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    spawn(serve_http(context)).detach();
    // Outlives the runtime, which drops whatever still waits when it is stopped.
    static WaitingCrowd crowd;
    for (;;) {
      const std::string command = co_await context.next_command();
      co_await obey(context, crowd, command);
    }
  }

  Observations drive(Bench& bench) const override {
    MemoryReadings seen;
    read_tasks(bench, seen);
    read_connections(bench, seen);
    return observe_memory(seen);
  }
};

}  // namespace

const Scenario& memory_scenario() {
  static const MemoryScenario scenario;
  return scenario;
}

}  // namespace gauntlet
