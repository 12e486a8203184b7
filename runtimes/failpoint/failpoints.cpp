#include "runtimes/failpoint/failpoints.hpp"

#include <array>

namespace gauntlet {

namespace {

using enum Failpoint;
using enum Reached;

constexpr bool can_fail = true;

constexpr std::array table{
    FailpointInfo{http_connection_begun, "http_connection_begun", "a connection was accepted, nothing read", serving},
    FailpointInfo{http_receive, "http_receive", "before a receive; an error: the client has gone", serving, can_fail},
    FailpointInfo{http_received, "http_received", "bytes have come, and are not parsed", serving},
    FailpointInfo{http_request_read, "http_request_read", "a request is whole, nobody has seen it", serving},
    FailpointInfo{http_dispatch, "http_dispatch", "before middleware and handler of a request", serving},
    FailpointInfo{http_handled, "http_handled", "the handler has answered, nothing is written", serving},
    FailpointInfo{http_send, "http_send", "before answers are sent; an error: the client has gone", serving, can_fail},
    FailpointInfo{http_sent, "http_sent", "answers are with the kernel", serving},
    FailpointInfo{http_close, "http_close", "before the server closes a connection", seldom},
    FailpointInfo{request_accept, "request_accept", "before the record of a request is asked for", serving},
    FailpointInfo{request_accepted, "request_accepted", "the request is durable, and has not run", serving},
    FailpointInfo{request_handled, "request_handled", "the request has run, its completion is no record", serving},
    FailpointInfo{request_completed, "request_completed", "completed as its promise says, not answered", serving},
    FailpointInfo{replay_begin, "replay_begin", "the journal is read, nothing is replayed", starting},
    FailpointInfo{replay_attempt, "replay_attempt", "before the record of an attempt is asked for", replaying},
    FailpointInfo{replay_attempt_durable, "replay_attempt_durable", "the attempt is durable, and not run", replaying},
    FailpointInfo{replay_handled, "replay_handled", "the attempt has run, its completion is no record", replaying},
    FailpointInfo{replay_completed, "replay_completed", "the completion of a replay is durable", replaying},
    FailpointInfo{replay_dead_letter, "replay_dead_letter", "a request is given up, without a record of it", seldom},
    FailpointInfo{replay_dead_letter_durable, "replay_dead_letter_durable", "a dead letter is durable", seldom},
    FailpointInfo{replay_end, "replay_end", "all is replayed, the server does not listen yet", starting},
    FailpointInfo{commit_batch, "commit_batch", "a batch is taken off the queue, nothing is written", serving},
    FailpointInfo{commit_durable, "commit_durable", "a batch is durable, nobody has been told", serving},
    FailpointInfo{commit_told, "commit_told", "who waited for a batch has been told; before trimming", serving},
    FailpointInfo{journal_open, "journal_open", "the journal is locked, nothing is read", starting},
    FailpointInfo{journal_scanned, "journal_scanned", "the journal is read, no segment begun", starting},
    FailpointInfo{segment_begin, "segment_begin", "before a segment gets its header", starting},
    FailpointInfo{segment_renamed, "segment_renamed", "a segment has its name, not durably", starting},
    FailpointInfo{segment_begun, "segment_begun", "a segment has taken over, durably", starting},
    FailpointInfo{segment_prepare, "segment_prepare", "before a step of filling a file with zeros", seldom},
    FailpointInfo{segment_prepared, "segment_prepared", "a file is full of zeros, and not yet the spare", seldom},
    FailpointInfo{segment_write, "segment_write", "before a batch is written to its segment", serving},
    FailpointInfo{segment_written, "segment_written", "a batch is written, not synchronised", serving},
    FailpointInfo{segment_synced, "segment_synced", "a batch is durable, the journal does not count it", serving},
    FailpointInfo{segment_remove, "segment_remove", "before a segment is let go", seldom},
    FailpointInfo{segment_removed, "segment_removed", "a segment has gone, not durably", seldom},
    FailpointInfo{payload_write, "payload_write", "before the file of a large payload is made", serving},
    FailpointInfo{payload_written, "payload_written", "a large payload is written, not synchronised", serving},
    FailpointInfo{payload_durable, "payload_durable", "large payloads are durable, no record names them", serving},
    FailpointInfo{payload_remove, "payload_remove", "before a large payload goes that nothing needs", serving},
    FailpointInfo{storage_open, "storage_open", "open of a file of the journal", starting, can_fail},
    FailpointInfo{storage_write, "storage_write", "write to a file of the journal", serving, can_fail},
    FailpointInfo{storage_allocate, "storage_allocate", "fallocate of a new segment", seldom, can_fail},
    FailpointInfo{storage_sync, "storage_sync", "fdatasync of a file of the journal", serving, can_fail},
    FailpointInfo{storage_rename, "storage_rename", "rename of a file of the journal", starting, can_fail},
    FailpointInfo{storage_remove, "storage_remove", "unlink of a file of the journal", seldom, can_fail},
    FailpointInfo{storage_sync_directory, "storage_sync_directory", "fsync of the journal's folder", starting,
                  can_fail},
};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (static_cast<std::size_t>(table[i].id) != i) return false;
  }
  return static_cast<std::size_t>(storage_sync_directory) + 1 == table.size();
}
static_assert(is_in_order());

}  // namespace

std::span<const FailpointInfo> all_failpoints() { return table; }

}  // namespace gauntlet
