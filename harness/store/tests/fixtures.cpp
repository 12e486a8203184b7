#include "harness/store/tests/fixtures.hpp"

#include "harness/store/results_directory.hpp"

namespace gauntlet::fixtures {

Plan small_plan(int rounds) {
  Plan plan;
  plan.suite = "quick";
  plan.created = "2026-01-31T12:00:00Z";
  plan.command = "gauntlet bench quick";
  plan.seed = 7;
  plan.rounds = rounds;
  plan.estimate_s = 12.5;
  PlanCell cell;
  cell.cell = "load/echo";
  cell.scenario = "load";
  cell.title = "Echo";
  cell.question = "What does a request cost?";
  cell.primary = "latency_us";
  cell.compare = {"latency_us"};
  cell.seconds_per_run = 1.6;
  cell.metrics = {{.name = "latency_us", .unit = "us", .better = Better::lower, .description = "time of an answer"}};
  cell.columns = {{.runtime = "single_loop"}, {.runtime = "io_uring"}};
  plan.cells = {cell};
  for (int round = 0; round < rounds; ++round) {
    for (const char* runtime : {"single_loop", "io_uring"}) {
      RunSpec spec;
      spec.index = plan.runs.size();
      spec.cell = cell.cell;
      spec.scenario = "load";
      spec.runtime = runtime;
      spec.round = round;
      spec.params = {{"protocol", "echo"}};
      plan.runs.push_back(spec);
    }
  }
  return plan;
}

EnvironmentRecord small_environment() {
  return {.fingerprint = "f00d",
          .facts = {{"kernel", "6.1.0", "", true},
                    {"load_average", "3.10", "something else is running", false},
                    {"revision", "abc123", "", true}}};
}

RunRecord full_record(const Plan& plan, std::size_t index) {
  RunRecord record;
  record.spec = plan.runs.at(index);
  record.effective_config = {{"ring_entries", "256"}};
  record.status = RunStatus::failed;
  record.reason = "idle_cpu_percent is 98 %, but must be at most 5 %";
  record.verdicts = {{.claim = "idle_cpu",
                      .kind = ClaimKind::must,
                      .met = false,
                      .metric = "idle_cpu_percent",
                      .value = 98,
                      .limit = 5,
                      .text = "it spins"}};
  record.metrics = {{"latency_us", {.value = 4.25, .unit = "us", .better = Better::lower}},
                    {"throughput_rps", {.value = 8001.5, .unit = "requests/s", .better = Better::higher}}};
  record.warnings = {{Warning::Severity::note, "not_steady", "the slope was not flat"}};
  record.histograms = {{"corrected", "histograms/0000.hlog#corrected"}};
  record.timelines = {{"corrected", timeline_log_name(0) + "#corrected"}};
  record.lanes = lanes_name(0);
  record.profile = profile_name(0);
  record.started = "2026-01-31T12:00:03Z";
  record.elapsed_s = 3.25;
  record.stderr_tail = "line one\nline \"two\"\n";
  return record;
}

}  // namespace gauntlet::fixtures
