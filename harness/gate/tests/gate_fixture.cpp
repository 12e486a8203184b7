#include "harness/gate/tests/gate_fixture.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/plan/tests/catalogue_fixture.hpp"

namespace gauntlet::fixtures {

GatePlan gate_plan(const std::string& text) {
  const auto config = parse_gate_config(text, "gate.toml");
  EXPECT_TRUE(config) << config.error();
  auto plan = make_gate_plan(*config, small_catalogue());
  EXPECT_TRUE(plan) << plan.error();
  return std::move(*plan);
}

GatePlan one_build() {
  return gate_plan(R"(
    [[build]]
    cell = "http-open"
    scenario = "load"
    runtimes = ["single_loop"]
    metrics = { subject_cpu_us_per_request = 0.02 })");
}

GatePlan one_rival(double limit) {
  return gate_plan(fmt::format(R"(
    [[rival]]
    cell = "floor"
    scenario = "load"
    runtime = "single_loop"
    against = "floor_epoll"
    metric = "subject_cpu_us_per_request"
    limit = {})",
                               limit));
}

GatePlan one_count(bool portable) {
  return gate_plan(fmt::format(R"(
    [[count]]
    cell = "idle"
    scenario = "busy_wait"
    runtimes = ["single_loop"]
    metrics = {{ idle_cpu_percent = 0.1 }}
    slack = {{ idle_cpu_percent = 1 }}
    portable = {})",
                               portable));
}

GateSurroundings FakeSubject::surroundings() {
  return {.run = [this](const RunSpec& spec, Build build) { return run(spec, build); },
          .now_s = [this] { return clock_s; },
          .on_round = {}};
}

RunRecord FakeSubject::run(const RunSpec& spec, Build build) {
  clock_s += 1;
  RunRecord record;
  record.spec = spec;
  for (const char* metric : {kCost, "throughput_rps", "latency_p99_us", "idle_cpu_percent"}) {
    record.metrics[metric] = {.value = figure_(spec, build), .unit = "", .better = Better::lower};
  }
  mishap(record, build);
  return record;
}

std::vector<GateVerdict> judged(const GatePlan& plan, FakeSubject subject) {
  return judge_duels(plan, run_duels(plan, subject.surroundings()).records);
}

double wobble(const RunSpec& spec) {
  const auto mixed =
      (static_cast<unsigned>(spec.round) * 2654435761U + static_cast<unsigned>(spec.arm.size()) * 40503U) >> 16;
  return 0.995 + 0.01 * static_cast<double>(mixed % 101) / 100;
}

}  // namespace gauntlet::fixtures
