// Appends, trims and restarts of a journal on a simulated disk, with an oracle that knows what was promised.
#pragma once

#include <map>
#include <memory>
#include <random>
#include <string>

#include "fault-injection/storage/crash_states.hpp"
#include "fault-injection/storage/journal_oracle.hpp"
#include "fault-injection/storage/planted_bug.hpp"
#include "fault-injection/storage/simulated_disk.hpp"
#include "runtimes/recovery/journal/segment_journal.hpp"

namespace gauntlet {

/// Small segments, and epochs that are the same in every run.
recovery::SegmentOptions small_segments();

struct Recovered {
  std::vector<std::string> payloads;
  std::string refusal;  ///< empty: the journal was opened
};
/// Opens the journal of the disk, with its payloads in files, and closes it again; with a bug, as a program that has
/// it. Calls may fail.
Recovered recover(SimulatedDisk& disk, const recovery::SegmentOptions& options, PlantedBug bug = PlantedBug::none,
                  StorageFaults* faults = nullptr);
/// Only reads what opening it would recover.
Recovered scan(SimulatedDisk& disk, const recovery::SegmentOptions& options);

/// Of the oracle's payloads one in ten, about, is as large.
inline constexpr std::size_t large_payload_bytes = 60;

struct WorkloadOptions {
  recovery::SegmentOptions segments = small_segments();
  std::size_t block_bytes = 512;
  PlantedBug bug = PlantedBug::none;
  std::uint64_t seed = 1;
  int steps = 40;
  /// Payloads from so many bytes on are kept in files of their own; 0: none is.
  std::size_t large_from = 0;
};

class JournalWorkload {
 public:
  explicit JournalWorkload(const WorkloadOptions& options);

  /// Looks at the disk behind each change of it, and once at the end.
  std::function<void()> look;

  void run();

  /// What is wrong with this recovery; empty: nothing.
  std::string judge(const Recovered& recovered) const;

  SimulatedDisk& disk() { return disk_; }
  StorageFaults& faults() { return faults_; }
  const JournalOracle& oracle() const { return oracle_; }
  /// Appends that the journal refused.
  std::uint64_t refused() const { return refused_; }

 private:
  void open();
  void append();
  void trim();
  bool give_up_before(std::uint64_t number);

  const WorkloadOptions options_;
  std::mt19937_64 random_;
  SimulatedDisk disk_;
  StorageFaults faults_;
  JournalOracle oracle_;
  std::unique_ptr<recovery::Journal> journal_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> numbers_;  ///< record and its sequence, acknowledged ones
  std::map<std::uint64_t, std::uint64_t> files_;  ///< numbers of payload files, by those of their records
  std::vector<std::uint64_t> unneeded_files_;
  std::uint64_t refused_ = 0;
};

}  // namespace gauntlet
