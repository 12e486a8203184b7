// The table of all failpoints: their names, and what each stands at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace gauntlet {

enum class Failpoint : std::uint8_t {
  http_connection_begun,
  http_receive,
  http_received,
  http_request_read,
  http_dispatch,
  http_handled,
  http_send,
  http_sent,
  http_close,
  request_accept,
  request_accepted,
  request_handled,
  request_completed,
  replay_begin,
  replay_attempt,
  replay_attempt_durable,
  replay_handled,
  replay_completed,
  replay_dead_letter,
  replay_dead_letter_durable,
  replay_end,
  commit_batch,
  commit_durable,
  commit_told,
  journal_open,
  journal_scanned,
  segment_begin,
  segment_renamed,
  segment_begun,
  segment_prepare,
  segment_prepared,
  segment_write,
  segment_written,
  segment_synced,
  segment_remove,
  segment_removed,
  payload_write,
  payload_written,
  payload_durable,
  payload_remove,
  storage_open,
  storage_write,
  storage_allocate,
  storage_sync,
  storage_rename,
  storage_remove,
  storage_sync_directory
};

/// When a server of journalled requests comes past a failpoint.
enum class Reached : std::uint8_t {
  starting,   ///< each start, once or more
  replaying,  ///< for each request that a crash interrupted
  serving,    ///< for each request, connection or batch
  seldom      ///< only as its description says
};

struct FailpointInfo {
  Failpoint id;
  std::string_view name;
  std::string_view stands_at;
  Reached reached;
  bool can_fail = false;  ///< an error can be returned there; elsewhere a process can only crash or wait
};

/// In the order of the enumeration.
std::span<const FailpointInfo> all_failpoints();
inline const FailpointInfo& info_of(Failpoint failpoint) {
  return all_failpoints()[static_cast<std::size_t>(failpoint)];
}

}  // namespace gauntlet
