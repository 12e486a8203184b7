#include "scenarios/power_loss/ordeals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

#include "fault-injection/storage/crash_enumeration.hpp"
#include "fault-injection/storage/error_loops.hpp"
#include "fault-injection/storage/planted_ordeals.hpp"
#include "fault-injection/storage/power_losses.hpp"
#include "runtimes/files/scratch_folder.hpp"

namespace gauntlet {

namespace {

constexpr std::size_t large_block_bytes = 4096;
constexpr std::uint64_t recrash_every = 1'000;
constexpr std::uint64_t states_for_a_bug = 20'000;

class Ordeals {
 public:
  explicit Ordeals(const OrdealSizes& sizes) : sizes_(sizes) {}

  std::map<std::string, double> run() {
    enumerate();
    fail_calls();
    look_for_planted_bugs();
    lose_power_of_loop_disk();
    return std::move(told_);
  }

 private:
  void tell(const std::string& what, const std::string& breach) {
    if (breach.empty()) return;
    told_["breaches_count"] += 1;
    std::fputs(fmt::format("{}: {}\n", what, breach).c_str(), stderr);
  }

  /// A third of the states with blocks of 512 bytes, a third with blocks of 4 KiB, and a third with blocks of 512 bytes
  /// and large payloads in files of their own.
  void enumerate() {
    const auto began = std::chrono::steady_clock::now();
    std::vector<Enumerated> found(sizes_.threads);
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < sizes_.threads; ++i) {
      threads.emplace_back([this, i, &mine = found[i]] { mine = enumerate_share(i); });
    }
    for (std::thread& thread : threads) thread.join();
    told_["breaches_count"] = 0;
    for (const Enumerated& one : found) {
      told_["crash_states_count"] += static_cast<double>(one.states);
      told_["power_losses_count"] += static_cast<double>(one.moments);
      tell("crash states", one.breach);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    told_["crash_states_per_s"] = told_["crash_states_count"] / took.count();
  }

  Enumerated enumerate_share(unsigned thread) const {
    const WorkloadOptions small_blocks{.seed = sizes_.seed + thread};
    WorkloadOptions large_blocks = small_blocks;
    large_blocks.segments.segment_bytes = 4 * large_block_bytes;
    large_blocks.segments.step_bytes = 2 * large_block_bytes;
    large_blocks.block_bytes = large_block_bytes;
    WorkloadOptions large_payloads = small_blocks;
    large_payloads.large_from = large_payload_bytes;
    Enumerated found;
    for (WorkloadOptions workload : {small_blocks, large_blocks, large_payloads}) {
      workload.segments.new_epoch = small_segments().new_epoch;
      const Enumerated more = enumerate_crash_states({.workload = workload,
                                                      .states_min = sizes_.states / sizes_.threads / 3 + 1,
                                                      .seed_step = sizes_.threads,
                                                      .open_every = sizes_.open_every,
                                                      .recrash_every = recrash_every});
      found.states += more.states;
      found.moments += more.moments;
      if (found.breach.empty()) found.breach = more.breach;
    }
    return found;
  }

  void fail_calls() {
    for (const int variant : {0, 1, 2, 3}) {
      const ErrorLoopOptions options{.steps = sizes_.error_steps,
                                     .from_then_on = variant % 2 == 1,
                                     .large_from = variant < 2 ? 0 : large_payload_bytes};
      const ErrorLoop once = fail_every_call(options);
      told_["failed_calls_count"] += static_cast<double>(once.failed);
      tell("a failing call", once.breach);
      const ErrorLoop twice = fail_every_call_of_recovery(options);
      told_["failed_recoveries_count"] += static_cast<double>(twice.failed);
      tell("a failing call in the recovery behind one", twice.breach);
    }
  }

  void look_for_planted_bugs() {
    told_["planted_bugs_caught_count"] = told_["planted_bugs_missed_count"] = 0;
    for (const PlantedBugInfo& planted : all_planted_bugs()) {
      // Needs a server; the tests of this scenario have one.
      if (planted.ordeal == Ordeal::requests) continue;
      const std::string breach = breach_of(planted.bug, planted.ordeal, states_for_a_bug);
      const bool caught = breach.find(planted.oracle) != std::string::npos;
      told_[caught ? "planted_bugs_caught_count" : "planted_bugs_missed_count"] += 1;
      if (!caught) std::fputs(fmt::format("{} was not caught: '{}'\n", planted.name, breach).c_str(), stderr);
    }
  }

  void lose_power_of_loop_disk() {
    told_["loop_power_losses_count"] = 0;
    if (sizes_.loop_cycles == 0) return;
    const ScratchFolder folder;
    const auto disk = LoopDisk::make(folder.path());
    if (!disk) {
      std::fputs(fmt::format("no power loss of a loop device here: {}\n", disk.error()).c_str(), stderr);
      return;
    }
    const PowerLosses told = lose_power(**disk, {.cycles = sizes_.loop_cycles, .seed = sizes_.seed});
    told_["loop_power_losses_count"] = static_cast<double>(told.cycles);
    if (told.damaged_file_systems > 0) {
      std::fputs(fmt::format("{} of {} power losses damaged the file system itself, and a new one was made\n",
                             told.damaged_file_systems, told.cycles)
                     .c_str(),
                 stderr);
    }
    tell("a loop device", told.breach);
    tell("a loop device", told.failure);
  }

  const OrdealSizes sizes_;
  std::map<std::string, double> told_;
};

}  // namespace

std::map<std::string, double> go_through_ordeals(const OrdealSizes& sizes) { return Ordeals(sizes).run(); }

}  // namespace gauntlet
