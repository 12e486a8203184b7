// Journals requests, answers their repetitions, and replays after a crash what was not finished.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "runtimes/http/router.hpp"
#include "runtimes/recovery/config.hpp"
#include "runtimes/recovery/context.hpp"
#include "runtimes/recovery/journal/group_commit.hpp"
#include "runtimes/recovery/journal/journal.hpp"
#include "runtimes/recovery/key_claims.hpp"
#include "runtimes/recovery/request_ledger.hpp"
#include "runtimes/recovery/state_store.hpp"
#include "runtimes/recovery/storage/storage.hpp"
#include "runtimes/task/task.hpp"

namespace gauntlet::recovery {

/// A hook for requests that a crash interrupted. Returning completes the request, throwing fails the attempt.
using RecoverHandler = std::function<Task<void>(Context&, const Request&)>;

struct ReplayReport {
  std::uint64_t incomplete = 0;  ///< requests that were found unfinished
  std::uint64_t completed = 0;
  std::uint64_t dead = 0;  ///< became dead letters
  /// Too many starts in a row have ended while they replayed, so nothing was: all that is unfinished is in the dead
  /// letter.
  bool breaker_open = false;
};

/// Owned in common by the tasks that use it. Any thread.
class Recovery : public std::enable_shared_from_this<Recovery> {
 public:
  /// Reads the journal, which blocks. The error says what is wrong and what to do; nothing has been changed then.
  static JournalResult<std::shared_ptr<Recovery>> open(const RecoveryConfig& config);
  /// A journal of the caller's, who gives its records to the visitor and then asks the check.
  using OpenJournal = std::function<JournalResult<std::unique_ptr<Journal>>(const RecordVisitor&, const RecordsCheck&)>;
  /// The folder of that journal once it is open.
  using OpenFolder = std::function<JournalResult<std::unique_ptr<Storage>>()>;
  /// Elsewhere than in config.journal_path; `where` is how an error names its place.
  static JournalResult<std::shared_ptr<Recovery>> open(const RecoveryConfig& config, const std::string& where,
                                                       const OpenJournal& open_journal, const OpenFolder& open_folder);

  /// Fills `state` with what the journal says of it, and journals what is put there. Before the first request.
  void keep(std::shared_ptr<StateStore> state);

  /// Goes around what it journals. Requests that change nothing by definition (GET, HEAD, OPTIONS) pass it untouched. A
  /// request with a known Idempotency-Key is answered as before (header Idempotent-Replayed), with 409 while the first
  /// one is not finished, and with 422 if it is another request. Where the journal fails, 503, and nothing is executed.
  http::Middleware middleware();

  /// Runs every unfinished request through `handler`, one after the other in the order of their arrival: so that a
  /// request which brings the process down costs none but itself an attempt. The attempt is durable before it runs.
  /// Requests that cannot be completed become dead letters; the error is the journal's. That a replay has begun is
  /// durable before the first one runs, for the breaker. `router` outlives the task.
  Task<JournalResult<ReplayReport>> replay(const http::Router& router, RecoverHandler handler);

  const RequestLedger& ledger() const noexcept { return ledger_; }

 private:
  Recovery(const RecoveryConfig& config, std::unique_ptr<RequestLedger> ledger, std::unique_ptr<Journal> journal);

  Task<http::Response> handle(http::Request& request, http::Next next);
  Task<http::Response> execute(http::Request& request, http::Next next, StoredRequest kept);
  Task<GroupCommit::Appended> replay_one(std::uint64_t id, const http::Router& router, const RecoverHandler& handler,
                                         ReplayReport& report);
  std::uint64_t fitting(std::uint64_t bytes_max) const;
  /// With its body, or that in a file of its own.
  GroupCommit::Append accept(const StoredRequest& request);
  GroupCommit::Append note(RecordType type, const StoredNote& note);
  /// As one record, durable when it is told.
  GroupCommit::Append completed(StoredOutcome outcome, StateValues put);
  std::string end_of_attempts(const StoredRequest& kept, const std::string& failure, bool breaker_open) const;
  std::chrono::milliseconds backoff_before(std::uint32_t attempt) const;
  StoredRequest stored(const http::Request& request) const;

  const RecoveryConfig config_;
  const std::unique_ptr<RequestLedger> owned_ledger_;  ///< outlives commit_, which reports to it
  RequestLedger& ledger_;
  KeyClaims keys_;
  std::shared_ptr<StateStore> state_;  ///< null: none is kept
  GroupCommit commit_;
};

}  // namespace gauntlet::recovery
