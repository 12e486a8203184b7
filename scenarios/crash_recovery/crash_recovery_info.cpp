#include "scenarios/crash_recovery/crash_recovery_info.hpp"

#include "runtimes/recovery/journal/journal_backend.hpp"
#include "scenarios/crash_recovery/order_service.hpp"

namespace gauntlet {

namespace {

ScenarioInfo describe() {
  ScenarioInfo info;
  info.name = "crash_recovery";
  info.question = "Which acknowledged orders are lost, or executed too often, when the server crashes under load?";
  info.parameters = {
      integer_parameter("kills", "times that the server crashes", "20", "2", 1, 10'000),
      word_parameter("crash_at", "random times, failpoints, or both in turn", "random",
                     {"random", "failpoints", "both"}),
      word_parameter("signals", "SIGKILL alone, or SIGKILL, SIGSEGV and SIGABRT in turn", "all", {"kill", "all"}),
      integer_parameter("clients", "clients, each with one order at a time", "16", "4", 1, 1'000),
      integer_parameter("life_ms", "longest life of a server that is open for orders; the shortest is a fifth", "500",
                        "200", 10, 60'000),
      integer_parameter("work_us", "how long an order takes", "2000", "2000", 0, 1'000'000),
      integer_parameter("segment_kib", "size of a journal's segment", "4096", "1024", 64, 1'048'576),
      integer_parameter("seed", "of the times and places of the crashes", "1", "1", 0, 1e9),
      word_parameter("promise", "what an answer promises", "completed", {"accepted", "completed"}),
      word_parameter("journal_backend", "what the journal is kept in", "segment",
                     {recovery::journal_backends().begin(), recovery::journal_backends().end()}),
      word_parameter("journal_path", "folder of the server; 'told': the harness makes one", journal_folder_told, {}),
  };
  info.metrics = {
      {"recovery_time_ms", "ms", Better::lower, "median from the start of a recovery until open for orders"},
      {"back_to_90_percent_ms", "ms", Better::lower,
       "median from a crash until orders are answered at 90 % of the usual rate"},
      {"acknowledged_lost_count", "orders", Better::lower, "acknowledged, and unknown or other at the end"},
      {"never_executed_count", "orders", Better::lower, "acknowledged, and without effect"},
      {"duplicates_beyond_promise_count", "orders", Better::lower, "executed more often than crashes excuse"},
      {"unattempted_recovered_count", "orders", Better::lower, "executed, though nobody sent them"},
      {"trace_breaks_count", "orders", Better::lower, "executed under another trace than their client's"},
      {"hung_requests_count", "orders", Better::lower, "not answered within 10 s of a living server"},
      {"dead_letters_count", "orders", Better::lower, "given up by the server"},
      {"unproven_crashes_count", "crashes", Better::lower, "asked for, without an end by the signal asked for"},
      {"crashes_count", "crashes", Better::higher, "processes that ended by the signal asked for"},
      {"failpoint_crashes_count", "crashes", Better::higher, "of these, at a failpoint, as its record says"},
      {"failpoints_missed_count", "crashes", Better::lower, "failpoints that were not reached within a server's life"},
      {"interrupted_requests_count", "requests", Better::higher, "on their way when the server crashed"},
      {"replayed_requests_count", "requests", Better::higher, "found unfinished in the journal"},
      {"acknowledged_count", "orders", Better::higher, "orders answered"},
  };
  const char* source = "recovery: nothing acknowledged is lost, nothing is done more often than promised";
  for (const char* metric : {"acknowledged_lost", "never_executed", "duplicates_beyond_promise",
                             "unattempted_recovered", "trace_breaks", "hung_requests", "dead_letters"}) {
    info.claims.push_back({metric, ClaimKind::must, std::string(metric) + "_count", 0, source});
  }
  const char* proof = "a fault proves that it fired: a run in which nothing was hurt is no pass";
  info.claims.push_back({"fault_fired", ClaimKind::must, "interrupted_requests_count", 1, proof});
  info.claims.push_back({"every_crash_fired", ClaimKind::must, "unproven_crashes_count", 0, proof});
  return info;
}

}  // namespace

const ScenarioInfo& crash_recovery_info() {
  static const ScenarioInfo described = describe();
  return described;
}

}  // namespace gauntlet
