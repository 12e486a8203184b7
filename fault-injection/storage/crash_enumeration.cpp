#include "fault-injection/storage/crash_enumeration.hpp"

namespace gauntlet {

void enumerate_crash_states_of(JournalWorkload& workload, const EnumerationOptions& options, Enumerated& found) {
  std::mt19937_64 random(options.workload.seed);
  const auto judge = [&](const Recovered& recovered) {
    if (found.breach.empty()) found.breach = workload.judge(recovered);
  };
  const auto open = [&](SimulatedDisk& disk) { return recover(disk, options.workload.segments, options.workload.bug); };
  const auto open_crashing = [&](SimulatedDisk& disk) {
    disk.on_change = [&] {
      found.states += for_each_crash_state(disk, {.all_subsets_up_to = 3, .random_subsets = 2}, random,
                                           [&](SimulatedDisk left) { judge(open(left)); });
    };
    judge(open(disk));
    disk.on_change = nullptr;
  };
  std::uint64_t opened = 0;
  workload.look = [&] {
    if (found.states >= options.states_min || !found.breach.empty()) return;
    ++found.moments;
    found.states += for_each_crash_state(workload.disk(), {}, random, [&](SimulatedDisk left) {
      if (random() % options.open_every != 0) return judge(scan(left, options.workload.segments));
      if (options.recrash_every != 0 && ++opened % options.recrash_every == 0) return open_crashing(left);
      judge(open(left));
    });
  };
  workload.run();
  found.acknowledged += workload.oracle().acknowledged();
}

Enumerated enumerate_crash_states(const EnumerationOptions& options) {
  Enumerated found;
  EnumerationOptions one = options;
  while (found.states < options.states_min && found.breach.empty()) {
    JournalWorkload workload(one.workload);
    enumerate_crash_states_of(workload, one, found);
    one.workload.seed += options.seed_step;
  }
  return found;
}

}  // namespace gauntlet
