#include "scenarios/power_loss/power_loss.hpp"

#include <algorithm>
#include <thread>

#include "runtimes/task/blocking.hpp"
#include "scenarios/power_loss/ordeals.hpp"

namespace gauntlet {

namespace {

using namespace std::chrono_literals;

ScenarioInfo describe() {
  ScenarioInfo info;
  info.name = "power_loss";
  info.question = "Does the journal lose, alter or invent a record when its disk loses power, or fails, at any moment?";
  info.parameters = {
      integer_parameter("states_k", "crash states to go through, in thousands", "100000", "2", 1, 1e7),
      integer_parameter("open_every", "of so many states one is opened as a server does it; all are read", "20", "1", 1,
                        1e6),
      integer_parameter("loop_cycles", "losses of power of a file system on a loop device (needs root)", "2000", "0", 0,
                        1e6),
      integer_parameter("error_steps", "length of the workload of which each call fails", "60", "8", 1, 1'000),
      integer_parameter("threads", "that go through crash states; 0: as many as CPUs", "0", "1", 0, 256),
      integer_parameter("seed", "of the workloads", "1", "1", 0, 1e9),
  };
  info.metrics = {
      {"crash_states_per_s", "states/s", Better::higher, "gone through"},
      {"breaches_count", "breaches", Better::lower, "of what the journal promises"},
      {"planted_bugs_missed_count", "bugs", Better::lower, "planted, and not caught by the oracle of their table"},
      {"planted_bugs_caught_count", "bugs", Better::higher, "planted, and caught by the oracle of their table"},
      {"crash_states_count", "states", Better::higher, "recovered from: torn and reordered at 512 B and 4 KiB"},
      {"power_losses_count", "losses", Better::higher, "moments of a workload at which power was lost, in memory"},
      {"loop_power_losses_count", "losses", Better::higher, "of a file system on a loop device"},
      {"failed_calls_count", "calls", Better::higher, "of the storage, each made to fail once and from then on"},
      {"failed_recoveries_count", "calls", Better::higher, "of a recovery behind such a failure, made to fail"},
  };
  const char* source = "recovery: nothing acknowledged is lost, and it is proved";
  info.claims = {{"no_breach", ClaimKind::must, "breaches_count", 0, source},
                 {"planted_bugs_caught", ClaimKind::must, "planted_bugs_missed_count", 0, source},
                 {"fault_fired", ClaimKind::must, "power_losses_count", 1,
                  "a fault proves that it fired: a run in which nothing was hurt is no pass"}};
  info.offers_load = false;
  return info;
}

OrdealSizes sizes_of(const Parameters& parameters) {
  const std::int64_t threads = parameters.integer("threads");
  return {.states = static_cast<std::uint64_t>(parameters.integer("states_k")) * 1'000,
          .open_every = static_cast<std::uint64_t>(parameters.integer("open_every")),
          .threads = threads > 0 ? static_cast<unsigned>(threads) : std::max(1U, std::thread::hardware_concurrency()),
          .loop_cycles = static_cast<std::uint64_t>(parameters.integer("loop_cycles")),
          .seed = static_cast<std::uint64_t>(parameters.integer("seed")),
          .error_steps = static_cast<int>(parameters.integer("error_steps"))};
}

class PowerLossScenario final : public Scenario {
 public:
  const ScenarioInfo& info() const override {
    static const ScenarioInfo described = describe();
    return described;
  }

  /// The journal knows nothing of runtimes: this one only lends a thread.
  Task<int> serve(ServeContext& context) const override {
    context.ready(0);
    const OrdealSizes sizes = sizes_of(context.parameters());
    auto ordeals = [&sizes] { return go_through_ordeals(sizes); };
    const std::map<std::string, double> told = co_await run_blocking(ordeals);
    context.report(told);
    co_return 0;
  }

  Observations drive(Bench& bench) const override {
    bench.start();
    Observations seen;
    seen.metrics = bench.await_report(1h);
    bench.stop();
    return seen;
  }
};

}  // namespace

const Scenario& power_loss_scenario() {
  static const PowerLossScenario scenario;
  return scenario;
}

}  // namespace gauntlet
