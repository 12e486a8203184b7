// What a runtime says about itself: its effective configuration and its counters.
#include "runtimes/conformance/support.hpp"

namespace gauntlet::conformance {
namespace {

class Configuration : public RuntimeTest {
 protected:
  /// The setting of that name; an empty one if there is none.
  Setting setting(const std::string& name) {
    for (const Setting& one : runtime().effective_config()) {
      if (one.name == name) return one;
    }
    return {};
  }
};
GAUNTLET_FOR_EVERY_RUNTIME(Configuration);

TEST_P(Configuration, NamesItsBackend) { EXPECT_EQ(setting("backend").value, GetParam()->name); }

TEST_P(Configuration, SaysWhatIsInForceAndWhyItDiffersFromWhatWasAsked) {
  RuntimeConfig config;
  config.worker_threads = 3;
  config.buffer_bytes = 1000;
  config.buffers_per_worker = 100;
  config.turn_budget = 7;
  config.listen_backlog = 77;
  config.blocking_threads = 5;
  remake(config);
  const std::pair<const char*, std::uint32_t> asked[] = {
      {"worker_threads", config.worker_threads},         {"buffer_bytes", config.buffer_bytes},
      {"buffers_per_worker", config.buffers_per_worker}, {"turn_budget", config.turn_budget},
      {"listen_backlog", config.listen_backlog},         {"blocking_threads", config.blocking_threads}};
  for (const auto& [name, value] : asked) {
    const Setting found = setting(name);
    EXPECT_FALSE(found.value.empty()) << name << " is missing";
    const bool differs = found.value != std::to_string(value);
    EXPECT_TRUE(!differs || !found.note.empty()) << name << " became " << found.value << " and no note says why";
  }
}

Task<void> a_little_of_everything() {
  Pair pair = co_await connected_pair();
  must(co_await pair.near.send("x"));
  EXPECT_EQ(co_await read_bytes(pair.far, 1), "x");
  co_await sleep_for(microseconds(100));
}

TEST_P(Configuration, CountersCountFromTheConstruction) {
  runtime().metrics().for_each([](std::string_view name, std::uint64_t value) {
    // The kernel keeps threads of earlier runtimes of the process for some seconds.
    EXPECT_TRUE(value == 0 || name == "kernel_threads") << name;
  });
  complete(a_little_of_everything());
  const RuntimeMetrics metrics = runtime().metrics();
  EXPECT_EQ(metrics.tasks_started, 1u);
  EXPECT_EQ(metrics.tasks_finished, 1u);
  EXPECT_EQ(metrics.tasks_failed, 0u);
  EXPECT_EQ(metrics.tasks_cancelled, 0u);
  EXPECT_EQ(metrics.accepts, 1u);
  EXPECT_EQ(metrics.timers_fired, 1u);
  EXPECT_EQ(metrics.buffers_lent, 1u);
  EXPECT_GE(metrics.jobs_run, 1u);
  EXPECT_GE(metrics.turns, 1u);
  EXPECT_GE(metrics.system_calls, 4u);
}

}  // namespace
}  // namespace gauntlet::conformance
