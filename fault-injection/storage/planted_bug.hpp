// Wrong ways to keep a journal, to show that an oracle catches them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gauntlet {

enum class PlantedBug : std::uint8_t {
  none,
  // In the use of the storage.
  no_sync,
  late_sync,
  sync_retried,
  sync_error_ignored,
  no_directory_sync,
  visible_before_sync,
  short_write_ignored,
  // In what a record is checked by.
  no_checksum,
  checksum_of_header,
  // In reading.
  gap_accepted,
  damage_cut,
  superseded_tail_replayed,
  // In payloads in files of their own.
  payload_not_synced,
  payload_name_not_synced,
  payload_let_go_early,
  // In checkpoints.
  checkpoint_reordered,
  // In what is kept of requests.
  attempt_after_run,
  completion_lost,
  dead_letter_lost
};

/// What brings a bug to light.
enum class Ordeal : std::uint8_t {
  power_loss,      ///< every crash state of a workload
  large_payloads,  ///< the same, with payloads in files of their own
  failing_syncs,   ///< the same as power_loss, with each synchronisation failing once
  short_writes,    ///< the same, with each write writing half
  damage,          ///< a bit flipped in each byte of what was superseded long ago
  requests         ///< requests that run and are replayed, on a disk that loses power; needs a server
};

struct PlantedBugInfo {
  PlantedBug bug;
  std::string_view name;
  std::string_view what;
  Ordeal ordeal;
  std::string_view oracle;  ///< that catches it: words of the breach
};

/// All but `none`, in the order of the enumeration.
std::span<const PlantedBugInfo> all_planted_bugs();

}  // namespace gauntlet
