// Values that change together with the requests that change them.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "runtimes/http/request.hpp"
#include "runtimes/recovery/request_ledger.hpp"
#include "runtimes/recovery/request_record.hpp"

namespace gauntlet::recovery {

/// What a request puts, its answer and its idempotency key are one record of the journal, which is durable before the
/// answer is sent: whatever crashes, each request that was accepted changes the store exactly once, or ends as a dead
/// letter and has not changed it. That holds for what is put here, and for nothing that a handler does elsewhere.
///
/// Requests that are under way at once do not see what the others put, and the last one that is completed wins: who
/// reads a value to put another one keeps such requests apart himself. Any thread.
class StateStore {
 public:
  /// What was put by the last request that was completed. None as well before the journal is open.
  std::optional<std::string> get(std::string_view key) const;

  /// To be called by the handler of `request`, or by middleware around it. Forgotten where it throws, or answers with a
  /// status of 500 or more. `request` must be one that is journalled: not a GET, and of a server that keeps this store.
  void put(const http::Request& request, std::string key, std::string value);

 private:
  friend class Recovery;

  void opened(const RequestLedger& ledger);
  void begin(const http::Request& request);
  StateValues take(const http::Request& request);

  mutable std::mutex mutex_;
  const RequestLedger* ledger_ = nullptr;  ///< of the Recovery, which lasts as long as requests do
  std::unordered_map<const http::Request*, StateValues> under_way_;
};

}  // namespace gauntlet::recovery
