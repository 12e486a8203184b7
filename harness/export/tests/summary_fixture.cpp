#include "harness/export/tests/summary_fixture.hpp"

#include "harness/stats/tests/bench_fixture.hpp"

namespace gauntlet::fixtures {

Summary troubled_summary() {
  BenchFixture bench;
  const PlanColumn loop{.runtime = "single_loop"}, again{.runtime = "single_loop", .arm = "aa"},
      floor{.runtime = "floor_epoll", .role = Role::reference}, libuv{.runtime = "libuv"}, asio{.runtime = "asio"},
      ring{.runtime = "io_uring"}, control{.runtime = "busy_wait", .role = Role::negative_control};

  bench.add_cell("load/echo", {loop, again, floor, libuv, asio, ring}, "floor_epoll");
  bench.add_rounds(loop, {4.0, 4.1, 4.2, 4.3, 4.4, 4.5});
  for (RunRecord& record : bench.records) {
    record.metrics["throughput_rps"] = {.value = 8000, .unit = "requests/s", .better = Better::higher};
  }
  bench.add_rounds(again, {4.0, 4.1, 4.2, 4.3, 4.4, 4.5});
  bench.add_rounds(floor, {2.0, 2.1, 2.2, 2.3, 2.4, 2.5});
  const auto end_as = [&bench](const PlanColumn& column, RunStatus status, const char* reason) {
    RunRecord& record = bench.add_run(column, 0, 4);
    record.metrics.clear();
    record.status = status;
    record.reason = reason;
  };
  end_as(libuv, RunStatus::skipped, "libuv is not there");
  end_as(asio, RunStatus::failed, "the worker died: <signal 11> & \x01\xff");
  end_as(ring, RunStatus::invalid, "the generator fell behind");

  bench.add_cell("busy_wait/idle", {loop, control});
  judge_idle(bench.add_run(loop, 0, 50));
  judge_idle(bench.add_run(control, 0, 100));

  bench.add_cell(kOddCell, {loop});
  bench.add_run(loop, 0, 4);
  return summarise(bench.plan, bench.environment, bench.records, count_histograms);
}

}  // namespace gauntlet::fixtures
