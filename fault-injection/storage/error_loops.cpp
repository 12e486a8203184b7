#include "fault-injection/storage/error_loops.hpp"

#include <random>

#include "fault-injection/storage/journal_workload.hpp"

namespace gauntlet {

namespace {

bool everything(std::size_t) { return true; }
bool nothing(std::size_t) { return false; }

void judge(const JournalWorkload& workload, SimulatedDisk left, std::uint64_t call, ErrorLoop& loop) {
  if (!loop.breach.empty()) return;
  loop.breach = workload.judge(recover(left, small_segments()));
  if (!loop.breach.empty()) loop.breach += " (call " + std::to_string(call) + " failed)";
}

void plan(JournalWorkload& workload, const ErrorLoopOptions& options, std::uint64_t call) {
  workload.faults().fail_at = call;
  workload.faults().from_then_on = options.from_then_on;
  workload.faults().error = options.error;
}

/// Once, or from then on.
void fail_recovery(const JournalWorkload& before, const SimulatedDisk& found, bool from_then_on,
                   std::mt19937_64& random, ErrorLoop& loop) {
  for (std::uint64_t call = 1; loop.breach.empty(); ++call) {
    SimulatedDisk disk = found.after_power_loss(everything);
    StorageFaults faults;
    faults.fail_at = call;
    faults.from_then_on = from_then_on;
    static_cast<void>(recover(disk, small_segments(), PlantedBug::none, &faults));
    if (faults.fired == 0) return;
    ++loop.failed;
    judge(before, disk.after_power_loss([&random](std::size_t) { return (random() & 1) != 0; }), call, loop);
  }
}

}  // namespace

ErrorLoop fail_every_call(const ErrorLoopOptions& options) {
  ErrorLoop loop;
  for (std::uint64_t call = 1; loop.breach.empty(); call += options.stride) {
    JournalWorkload workload({.steps = options.steps, .large_from = options.large_from});
    plan(workload, options, call);
    workload.look = [&] {
      if (workload.faults().fired == 0) return;
      judge(workload, workload.disk().after_power_loss(nothing), call, loop);
      judge(workload, workload.disk().after_power_loss(everything), call, loop);
    };
    workload.run();
    if (workload.faults().fired == 0) break;
    ++loop.failed;
  }
  return loop;
}

ErrorLoop fail_every_call_of_recovery(const ErrorLoopOptions& options) {
  std::mt19937_64 random(5);
  ErrorLoop loop;
  for (std::uint64_t call = 1; loop.breach.empty(); call += options.stride) {
    JournalWorkload workload({.steps = options.steps, .large_from = options.large_from});
    plan(workload, options, call);
    workload.run();
    if (workload.faults().fired == 0) break;
    const SimulatedDisk found =
        workload.disk().after_power_loss([&random](std::size_t) { return (random() & 1) != 0; });
    for (const bool from_then_on : {false, true}) fail_recovery(workload, found, from_then_on, random, loop);
  }
  return loop;
}

}  // namespace gauntlet
