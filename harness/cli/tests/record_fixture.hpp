// Records as runs leave them.
#pragma once

#include "harness/store/run_record.hpp"

namespace gauntlet::fixtures {

inline RunRecord record_of(const std::string& runtime, RunStatus status, Role role = Role::contender) {
  RunRecord record;
  record.spec.cell = "load/run";
  record.spec.scenario = "load";
  record.spec.runtime = runtime;
  record.spec.role = role;
  record.status = status;
  record.metrics["cpu_us"] = {.value = 4.5, .unit = "us", .better = Better::lower};
  return record;
}

inline RunRecord broken_must(const std::string& runtime, Role role = Role::contender) {
  RunRecord record = record_of(runtime, RunStatus::failed, role);
  record.reason = "cpu_us is 4.5 us, but must be at most 1";
  record.verdicts = {{.claim = "cpu",
                      .kind = ClaimKind::must,
                      .met = false,
                      .metric = "cpu_us",
                      .value = 4.5,
                      .limit = 1,
                      .text = record.reason}};
  return record;
}

}  // namespace gauntlet::fixtures
