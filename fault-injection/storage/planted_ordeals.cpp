#include "fault-injection/storage/planted_ordeals.hpp"

#include "fault-injection/storage/crash_enumeration.hpp"

namespace gauntlet {

namespace {

const std::string never_came = "the fault never came";

WorkloadOptions with(PlantedBug bug) {
  WorkloadOptions options;
  options.bug = bug;
  return options;
}

std::string breach_with_faults(PlantedBug bug, const StorageFaults& faults, std::uint64_t states) {
  const EnumerationOptions options{.workload = with(bug), .states_min = states};
  JournalWorkload workload(options.workload);
  workload.faults() = faults;
  Enumerated found;
  enumerate_crash_states_of(workload, options, found);
  return workload.faults().fired == 0 ? never_came : found.breach;
}

std::string breach_with_failing_syncs(PlantedBug bug, std::uint64_t states) {
  for (std::uint64_t nth = 1;; ++nth) {
    StorageFaults faults;
    faults.only = StorageCall::sync_data;
    faults.fail_at = nth;
    std::string breach = breach_with_faults(bug, faults, states);
    // Behind the last one.
    if (breach == never_came && nth > 1) return "";
    if (!breach.empty()) return breach;
  }
}

std::vector<std::string> segments_of(const SimulatedDisk& disk) {
  std::vector<std::string> names = disk.names();
  std::erase_if(names, [](const std::string& name) { return recovery::segment_number(name) == 0; });
  return names;
}

/// Has run, and left several segments.
std::unique_ptr<JournalWorkload> workload_with_segments() {
  constexpr std::size_t several = 3;
  WorkloadOptions options;
  for (options.seed = 1;; ++options.seed) {
    auto workload = std::make_unique<JournalWorkload>(options);
    workload->run();
    if (segments_of(workload->disk()).size() >= several) return workload;
  }
}

/// Flips a bit in each byte, or nearly, of all segments but the last one: every record of theirs was durable long
/// before.
std::string breach_with_damage(PlantedBug bug, std::uint64_t states) {
  const std::unique_ptr<JournalWorkload> workload = workload_with_segments();
  std::vector<std::string> names = segments_of(workload->disk());
  names.pop_back();
  const std::uint64_t bytes_of_all = names.size() * workload->disk().contents(names.front())->size();
  const std::uint64_t stride = bytes_of_all / states + 1;
  bool reported = false;
  for (std::uint64_t at = 0; at < bytes_of_all; at += stride) {
    SimulatedDisk damaged = workload->disk().after_power_loss([](std::size_t) { return true; });
    std::string& bytes = *damaged.contents(names[at * names.size() / bytes_of_all]);
    char& byte = bytes[at % bytes.size()];
    byte = static_cast<char>(byte ^ (1 << (at % 8)));
    const Recovered found = recover(damaged, small_segments(), bug);
    reported = reported || !found.refusal.empty();
    if (!found.refusal.empty()) continue;
    if (auto breach = workload->oracle().breach(found.payloads)) return *breach;
  }
  return reported ? "" : "no damage was ever reported";
}

}  // namespace

std::string breach_of(PlantedBug bug, Ordeal ordeal, std::uint64_t states) {
  switch (ordeal) {
    case Ordeal::power_loss:
      return enumerate_crash_states({.workload = with(bug), .states_min = states}).breach;
    case Ordeal::large_payloads: {
      WorkloadOptions workload = with(bug);
      workload.large_from = large_payload_bytes;
      return enumerate_crash_states({.workload = workload, .states_min = states}).breach;
    }
    case Ordeal::failing_syncs:
      return breach_with_failing_syncs(bug, states);
    case Ordeal::short_writes: {
      StorageFaults faults;
      faults.short_writes = true;
      return breach_with_faults(bug, faults, states);
    }
    case Ordeal::damage:
      return breach_with_damage(bug, states);
    case Ordeal::requests:
      break;
  }
  return "no server is here that requests could be sent to";
}

}  // namespace gauntlet
