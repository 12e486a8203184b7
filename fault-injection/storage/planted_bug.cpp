#include "fault-injection/storage/planted_bug.hpp"

#include <array>

namespace gauntlet {

namespace {

using enum PlantedBug;
using enum Ordeal;

constexpr std::string_view by_refusal = "was refused";
constexpr std::string_view by_loss = "was not recovered";
constexpr std::string_view by_alteration = "never attempted, or not as it was";
constexpr std::string_view by_order = "was recovered behind a later one";

constexpr std::array table{
    PlantedBugInfo{no_sync, "no_sync", "data are never synchronised", power_loss, by_refusal},
    PlantedBugInfo{late_sync, "late_sync", "acknowledged before the commit: synchronised at the next write", power_loss,
                   by_refusal},
    PlantedBugInfo{sync_retried, "sync_retried", "a failed synchronisation is tried again", failing_syncs, by_refusal},
    PlantedBugInfo{sync_error_ignored, "sync_error_ignored", "a failed synchronisation counts as one", failing_syncs,
                   by_refusal},
    PlantedBugInfo{no_directory_sync, "no_directory_sync", "names are never synchronised", power_loss, by_loss},
    PlantedBugInfo{visible_before_sync, "visible_before_sync",
                   "a segment is renamed into place with its header not yet durable", power_loss, by_refusal},
    PlantedBugInfo{short_write_ignored, "short_write_ignored", "what a write did not write is forgotten", short_writes,
                   by_loss},
    PlantedBugInfo{no_checksum, "no_checksum", "records are believed as they are", power_loss, by_alteration},
    PlantedBugInfo{checksum_of_header, "checksum_of_header", "torn records pass: only their header is checked",
                   power_loss, by_alteration},
    PlantedBugInfo{gap_accepted, "gap_accepted", "what cannot be read is passed over, with a gap in the sequence",
                   damage, by_loss},
    PlantedBugInfo{damage_cut, "damage_cut", "whatever cannot be read is taken for the torn end", damage, by_loss},
    PlantedBugInfo{superseded_tail_replayed, "superseded_tail_replayed",
                   "a segment is read beyond where the next one takes over", power_loss, by_order},
    PlantedBugInfo{payload_not_synced, "payload_not_synced", "a payload is not synchronised before its record",
                   large_payloads, by_refusal},
    PlantedBugInfo{payload_name_not_synced, "payload_name_not_synced",
                   "the name of a payload is not synchronised before its record", large_payloads, by_refusal},
    PlantedBugInfo{payload_let_go_early, "payload_let_go_early",
                   "a payload goes before it is durable that nobody needs it", large_payloads, by_refusal},
    PlantedBugInfo{checkpoint_reordered, "checkpoint_reordered", "a checkpoint lets go what is not written again yet",
                   power_loss, by_loss},
    PlantedBugInfo{attempt_after_run, "attempt_after_run", "an attempt is durable when it has run", requests,
                   "attempted more often than it may be"},
    PlantedBugInfo{completion_lost, "completion_lost", "that a request was completed is never written", requests,
                   by_loss},
    PlantedBugInfo{dead_letter_lost, "dead_letter_lost", "that a request was given up is never written", requests,
                   "the dead letter is gone"},
};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (static_cast<std::size_t>(table[i].bug) != i + 1) return false;
  }
  return true;
}
static_assert(is_in_order());

}  // namespace

std::span<const PlantedBugInfo> all_planted_bugs() { return table; }

}  // namespace gauntlet
