// What can be set about the recovery of requests: the keys of a [recovery] section.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace gauntlet::recovery {

/// What an answer promises of its request. Both are kept by what is journalled, not by what a handler does elsewhere:
/// an effect outside happens at least once, with the key to tell repetitions by.
enum class Promise {
  accepted,  ///< durable before it is executed; a crash makes it run again, even where it was answered just before
  completed  ///< and its answer durable before it is sent: what was answered does not run again
};

struct RecoveryConfig {
  bool enabled = true;
  std::string journal_backend = "segment";  ///< one of journal_backends()
  std::filesystem::path journal_path;
  std::uint32_t max_recovery_attempts = 3;  ///< replays of one request; then it becomes a dead letter
  /// Starts in a row that ended while they replayed; at the next one all that is unfinished becomes dead letters, so
  /// that the server gets to serve. 0: no limit.
  std::uint32_t max_unfinished_starts = 10;
  Promise promise = Promise::accepted;
  std::chrono::milliseconds backoff{100};  ///< before the second replay, in whichever process; doubles
  /// Since the arrival; a request that is older is not replayed but becomes a dead letter. 0: never.
  std::chrono::milliseconds deadline{0};
  /// Of a request; beyond: refused with 413, not executed. Of an answer; beyond, or beyond half a segment: not kept,
  /// and a repetition of its request gets 409.
  std::uint64_t body_bytes_max = 1024 * 1024;
  /// Beyond, or beyond half a segment: kept in a file of its own beside the journal, which its record names.
  std::uint64_t body_inline_bytes_max = 64 * 1024;
  std::size_t remembered_keys_max = 65'536;  ///< answers that are kept for repetitions of their request
  std::uint64_t segment_bytes = 16 * 1024 * 1024;
};

}  // namespace gauntlet::recovery
