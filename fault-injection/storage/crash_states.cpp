#include "fault-injection/storage/crash_states.hpp"

namespace gauntlet {

std::uint64_t for_each_crash_state(const SimulatedDisk& disk, const CrashStatesLimit& limit, std::mt19937_64& random,
                                   const std::function<void(SimulatedDisk)>& examine) {
  const std::size_t units = disk.pending();
  std::uint64_t states = 0;
  const auto with = [&](const std::function<bool(std::size_t)>& reaches) {
    ++states;
    examine(disk.after_power_loss(reaches));
  };
  if (units <= limit.all_subsets_up_to) {
    for (std::uint64_t subset = 0; subset < std::uint64_t{1} << units; ++subset) {
      with([subset](std::size_t unit) { return (subset >> unit & 1) != 0; });
    }
    return states;
  }
  for (std::size_t chosen = 0; chosen < units; ++chosen) {
    with([chosen](std::size_t unit) { return unit < chosen; });
    with([chosen](std::size_t unit) { return unit == chosen; });
    with([chosen](std::size_t unit) { return unit != chosen; });
  }
  with([](std::size_t) { return true; });
  for (std::size_t i = 0; i < limit.random_subsets; ++i) {
    with([&random](std::size_t) { return (random() & 1) != 0; });
  }
  return states;
}

}  // namespace gauntlet
