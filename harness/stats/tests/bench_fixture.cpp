#include "harness/stats/tests/bench_fixture.hpp"

#include <algorithm>

namespace gauntlet::fixtures {

void BenchFixture::add_cell(const std::string& name, std::vector<PlanColumn> columns, const std::string& reference) {
  plan.suite = "quick";
  plan.created = "2026-01-31T12:00:00Z";
  plan.command = "gauntlet bench quick";
  environment = {.fingerprint = "f00d", .facts = {{"kernel", "6.1.0", "", true}, {"revision", "abc123", "", true}}};
  PlanCell cell;
  cell.cell = name;
  cell.scenario = name.substr(0, name.find('/'));
  cell.title = "Title of " + name;
  cell.question = "What does it cost?";
  cell.reference = reference;
  cell.columns = std::move(columns);
  if (cell.scenario == "busy_wait") {
    cell.metrics = {
        {.name = "idle_cpu_percent", .unit = "%", .better = Better::lower, .description = "CPU while idle"}};
  } else {
    cell.metrics = {
        {.name = kCost, .unit = "us", .better = Better::lower, .description = "CPU of a request"},
        {.name = "throughput_rps", .unit = "requests/s", .better = Better::higher, .description = "answers"}};
  }
  cell.primary = cell.metrics.front().name;
  cell.compare = {cell.primary};
  plan.cells.push_back(std::move(cell));
}

RunSpec& BenchFixture::add_spec(const PlanColumn& column, int round) {
  const PlanCell& cell = plan.cells.back();
  plan.rounds = std::max(plan.rounds, round + 1);
  plan.runs.push_back({.index = plan.runs.size(),
                       .cell = cell.cell,
                       .scenario = cell.scenario,
                       .runtime = column.runtime,
                       .arm = column.arm,
                       .round = round,
                       .role = column.role,
                       .params = {{"connections", "64"}}});
  return plan.runs.back();
}

RunRecord& BenchFixture::add_run(const PlanColumn& column, int round, double value) {
  const MetricInfo& primary = plan.cells.back().metrics.front();
  RunRecord record;
  record.spec = add_spec(column, round);
  record.metrics[primary.name] = {.value = value, .unit = primary.unit, .better = primary.better};
  record.effective_config = {{"loops", "1"}};
  record.started = "2026-01-31T12:00:03Z";
  record.elapsed_s = 1.5;
  records.push_back(std::move(record));
  return records.back();
}

void BenchFixture::add_rounds(const PlanColumn& column, const std::vector<double>& values) {
  for (std::size_t round = 0; round < values.size(); ++round) add_run(column, static_cast<int>(round), values[round]);
}

void BenchFixture::add_unfinished(const PlanColumn& column, int round) { add_spec(column, round); }

PercentileList count_histograms(std::span<const std::string> references) {
  return {{0.5, static_cast<double>(references.size())}};
}

void judge_idle(RunRecord& record) {
  const double idle = record.metrics.at("idle_cpu_percent").value;
  const bool met = idle <= 5;
  record.verdicts = {{.claim = "idle_cpu",
                      .kind = ClaimKind::must,
                      .met = met,
                      .metric = "idle_cpu_percent",
                      .value = idle,
                      .limit = 5,
                      .text = met ? "it sleeps" : "it spins"},
                     {.claim = "idle_none",
                      .kind = ClaimKind::headline,
                      .met = idle == 0,
                      .metric = "idle_cpu_percent",
                      .value = idle,
                      .limit = 0,
                      .text = "headline"}};
  record.status = met ? RunStatus::ok : RunStatus::failed;
  record.reason = met ? "" : "it spins";
}

}  // namespace gauntlet::fixtures
