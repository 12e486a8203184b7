// A journal that is written to until its disk is cut off, again and again.
#pragma once

#include <cstdint>
#include <string>

#include "fault-injection/storage/loop_disk.hpp"
#include "fault-injection/storage/planted_bug.hpp"

namespace gauntlet {

struct PowerLossOptions {
  std::uint64_t cycles = 1;
  std::uint64_t seed = 1;
  PlantedBug bug = PlantedBug::none;  ///< of storages
};

struct PowerLosses {
  std::uint64_t cycles = 0;  ///< in which an append failed since the disk was gone
  std::uint64_t acknowledged = 0;
  /// After which the file system counted errors of its own (checksums of its bitmaps: ext4 writes some of them
  /// without its log when it is shut down). That says nothing of a journal; each time a new one begins.
  std::uint64_t damaged_file_systems = 0;
  std::string breach;   ///< the first, which ends it; empty: none
  std::string failure;  ///< of the machine; empty: none
};

/// One journal of segments on `disk`; appends from the calling thread, cut off by another one after a millisecond or
/// some.
PowerLosses lose_power(LoopDisk& disk, const PowerLossOptions& options);

}  // namespace gauntlet
