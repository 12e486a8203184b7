#include "runtimes/recovery/recovery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "runtimes/failpoint/failpoint.hpp"
#include "runtimes/recovery/journal/journal_backend.hpp"
#include "runtimes/recovery/journal/referring_journal.hpp"
#include "runtimes/recovery/trace_context.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet::recovery {

namespace {

using http::Response;
using http::Status;

constexpr std::string_view key_header = "Idempotency-Key";
constexpr std::size_t key_size_max = 255;
constexpr std::uint32_t carry_beyond_segments = 4;

std::uint8_t as_byte(RecordType type) { return static_cast<std::uint8_t>(type); }

std::int64_t unix_ns_now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Context::Clock::now().time_since_epoch()).count();
}

bool changes_nothing(http::Method method) {
  return method == http::Method::get || method == http::Method::head || method == http::Method::options;
}

Response refusal(Status status, std::string text) { return Response::text(status, std::move(text)); }

Response unavailable(const JournalError& error) {
  Response response = refusal(Status::service_unavailable, error.text + "\n");
  response.add_header("Retry-After", "1");
  return response;
}

void add_header_lines(Response& response, std::string_view lines) {
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find("\r\n"));
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos) response.add_header(line.substr(0, colon), line.substr(colon + 2));
    lines.remove_prefix(std::min(line.size() + 2, lines.size()));
  }
}

Response repeated(StoredOutcome outcome) {
  Response response(static_cast<Status>(outcome.status), {}, std::move(outcome.body));
  if (!outcome.content_type.empty()) response.add_header("Content-Type", outcome.content_type);
  add_header_lines(response, outcome.header_lines);
  response.add_header("Idempotent-Replayed", "true");
  return response;
}

bool is_failure(const Response& response) { return static_cast<std::uint16_t>(response.status) >= 500; }

/// Failures of the server are not remembered: the same request may succeed when it is sent again. An answer that is too
/// large for a record is not kept, only that there was one.
StoredOutcome outcome_of(const StoredRequest& request, const Response* response, std::uint64_t bytes_max) {
  StoredOutcome outcome;
  outcome.id = request.id;
  if (response == nullptr) return outcome;
  outcome.status = static_cast<std::uint16_t>(response->status);
  if (is_failure(*response)) return outcome;
  outcome.key = request.key;
  outcome.fingerprint = fingerprint_of(request);
  if (response->body().size() + response->header_lines().size() > bytes_max) {
    outcome.status = static_cast<std::uint16_t>(Status::conflict);
    outcome.content_type = "text/plain; charset=utf-8";
    outcome.body = fmt::format("this request was executed, and its answer of {} bytes, with status {}, was not kept\n",
                               response->body().size(), static_cast<std::uint16_t>(response->status));
    return outcome;
  }
  outcome.content_type = response->content_type();
  outcome.header_lines = response->header_lines();
  outcome.body = response->body();
  return outcome;
}

/// Why it failed; empty: it did not.
Task<std::string> try_once(const RecoverHandler& handler, Context& context, const Request& request) {
  std::string failure;
  try {
    const Task<void> running = handler(context, request);
    co_await running;
  } catch (const std::exception& error) {
    failure = fmt::format("it threw: {}", error.what());
  } catch (...) {
    failure = "it threw what is no std::exception";
  }
  co_return failure;
}

JournalError unreadable(const Record& record, std::string_view where) {
  return {.kind = JournalError::Kind::corrupt,
          .code = {},
          .text = fmt::format("record {} of the journal in {} is whole but makes no sense to this program; use the "
                              "program that wrote it",
                              record.sequence, where)};
}

/// Without what belongs to no request any more.
JournalResult<PayloadFiles> files_of(RequestLedger& ledger, std::unique_ptr<Storage> folder) {
  ledger.take_unneeded_payloads();
  std::vector<std::uint64_t> needed;
  for (const RequestLedger::BodyFile& body : ledger.body_files()) needed.push_back(body.file.number);
  PayloadFiles files(std::move(folder));
  if (auto begun = files.begin(std::move(needed), ledger.last_payload_number()); !begun) {
    return std::unexpected(begun.error());
  }
  return files;
}

/// Every opening begins a segment, and starts one after the other without a request would fill the disk. It only frees
/// space: what fails now is tried again behind the first batch.
void let_go_of_what_is_old(Journal& journal, RequestLedger& ledger) {
  std::vector<OwnedRecord> again;
  ledger.carry(journal.figures(), again);
  std::vector<Record> records;
  for (const OwnedRecord& record : again) records.push_back({.type = record.type, .payload = record.payload});
  if (!records.empty() && !journal.append(records)) return;
  for (const Record& record : records) ledger.committed(record);
  static_cast<void>(journal.trim(ledger.first_needed()));
}

}  // namespace

Recovery::Recovery(const RecoveryConfig& config, std::unique_ptr<RequestLedger> ledger,
                   std::unique_ptr<Journal> journal)
    : config_(config),
      owned_ledger_(std::move(ledger)),
      ledger_(*owned_ledger_),
      commit_(std::move(journal), ledger_) {}

JournalResult<std::shared_ptr<Recovery>> Recovery::open(const RecoveryConfig& config, const std::string& where,
                                                        const OpenJournal& open_journal,
                                                        const OpenFolder& open_folder) {
  auto ledger =
      std::make_unique<RequestLedger>(LedgerLimits{.remembered_keys_max = config.remembered_keys_max,
                                                   .carry_beyond_bytes = carry_beyond_segments * config.segment_bytes});
  std::optional<JournalError> senseless;
  const auto visit = [&](const Record& record) {
    if (!senseless && !ledger->apply(record)) senseless = unreadable(record, where);
  };
  const auto check = [&](Storage& folder) -> JournalResult<void> {
    if (senseless) return std::unexpected(*senseless);
    return read_bodies(folder, *ledger);
  };
  auto journal = open_journal(visit, check);
  if (!journal) return std::unexpected(journal.error());
  auto folder = open_folder();
  if (!folder) return std::unexpected(folder.error());
  auto files = files_of(*ledger, std::move(*folder));
  if (!files) return std::unexpected(files.error());
  auto referring = std::make_unique<ReferringJournal>(std::move(*journal), std::move(*files),
                                                      [of = ledger.get()] { return of->take_unneeded_payloads(); });
  let_go_of_what_is_old(*referring, *ledger);
  return std::shared_ptr<Recovery>(new Recovery(config, std::move(ledger), std::move(referring)));
}

JournalResult<std::shared_ptr<Recovery>> Recovery::open(const RecoveryConfig& config) {
  if (config.journal_path.empty()) {
    return std::unexpected(JournalError{
        .kind = JournalError::Kind::storage,
        .code = {},
        .text = "recovery of requests is enabled without a journal_path; set it to the folder of the journal"});
  }
  const JournalPlace place{
      .path = config.journal_path, .backend = config.journal_backend, .segment_bytes = config.segment_bytes};
  return open(
      config, config.journal_path.string(),
      [&place](const RecordVisitor& visit, const RecordsCheck& check) { return open_journal(place, visit, check); },
      [&place] { return folder_of_journal(place.path); });
}

http::Middleware Recovery::middleware() {
  return [self = shared_from_this()](http::Request& request, http::Next next) {
    return changes_nothing(request.method) ? next(request) : self->handle(request, next);
  };
}

StoredRequest Recovery::stored(const http::Request& request) const {
  StoredRequest kept;
  kept.arrival_unix_ns = unix_ns_now();
  if (config_.deadline.count() != 0) {
    kept.deadline_unix_ns = kept.arrival_unix_ns + std::chrono::nanoseconds(config_.deadline).count();
  }
  kept.key = request.header(key_header).value_or("");
  kept.method = request.method;
  kept.target = request.target;
  for (const http::Field& field : request.headers) kept.headers.emplace_back(field.name, field.value);
  kept.body = request.body;
  return kept;
}

Task<Response> Recovery::handle(http::Request& request, http::Next next) {
  if (request.body.size() > config_.body_bytes_max) {
    co_return refusal(Status::content_too_large,
                      fmt::format("a body that is journalled has up to {} bytes\n", config_.body_bytes_max));
  }
  if (trace_id_of(request.header(traceparent_header).value_or("")).empty()) {
    request.set_header(traceparent_header, new_traceparent());
  }
  StoredRequest kept = stored(request);
  if (kept.key.size() > key_size_max) {
    co_return refusal(Status::bad_request, fmt::format("Idempotency-Key: up to {} characters\n", key_size_max));
  }
  // Claimed before the ledger is asked: what it knows not yet may be known a moment later.
  const KeyClaims::Hold claim(keys_, kept.key);
  if (!kept.key.empty()) {
    RequestLedger::KeyState known = ledger_.key(kept.key);
    if (known.outcome && known.outcome->fingerprint != fingerprint_of(kept)) {
      co_return refusal(Status::unprocessable_content, "this Idempotency-Key was used for another request\n");
    }
    if (known.outcome) co_return repeated(std::move(*known.outcome));
    if (known.open || !claim.held()) {
      Response busy = refusal(Status::conflict, "the first request with this Idempotency-Key is not finished\n");
      busy.add_header("Retry-After", "1");
      co_return busy;
    }
  }
  const Task<Response> executing = execute(request, next, std::move(kept));
  co_return co_await executing;
}

Task<Response> Recovery::execute(http::Request& request, http::Next next, StoredRequest kept) {
  GroupCommit::Append accepting = accept(kept);
  failpoint(Failpoint::request_accept);
  const GroupCommit::Appended accepted = co_await accepting;
  if (!accepted) co_return unavailable(accepted.error());
  failpoint(Failpoint::request_accepted);
  kept.id = *accepted;
  if (state_) state_->begin(request);
  Response response(Status::internal_server_error);
  std::exception_ptr thrown;
  try {
    const Task<Response> handler = next(request);
    response = co_await handler;
  } catch (...) {
    thrown = std::current_exception();
  }
  failpoint(Failpoint::request_handled);
  StateValues put = state_ ? state_->take(request) : StateValues{};
  if (thrown || is_failure(response)) put.clear();
  StoredOutcome outcome = outcome_of(kept, thrown ? nullptr : &response, fitting(config_.body_bytes_max));
  // An answer is not to be ahead of the state that it speaks of.
  if (config_.promise == Promise::accepted && put.empty()) {
    commit_.append_later(as_byte(RecordType::completed), encode(outcome));
  } else {
    GroupCommit::Append completing = completed(std::move(outcome), std::move(put));
    const GroupCommit::Appended ended = co_await completing;
    if (!ended) co_return unavailable(ended.error());
  }
  failpoint(Failpoint::request_completed);
  if (thrown) std::rethrow_exception(thrown);
  co_return response;
}

Task<JournalResult<ReplayReport>> Recovery::replay(const http::Router& router, RecoverHandler handler) {
  const std::shared_ptr<Recovery> self = shared_from_this();
  ReplayReport report;
  failpoint(Failpoint::replay_begin);
  const std::vector<std::uint64_t> unfinished = ledger_.incomplete();
  if (unfinished.empty()) co_return report;
  const std::uint32_t starts = ledger_.unfinished_starts() + 1;
  report.breaker_open = config_.max_unfinished_starts != 0 && starts > config_.max_unfinished_starts;
  const StoredNote beginning{.id = 0, .attempt = starts, .reason = {}};
  const GroupCommit::Appended begun = co_await note(RecordType::start, beginning);
  if (!begun) co_return std::unexpected(begun.error());
  for (const std::uint64_t id : unfinished) {
    ++report.incomplete;
    const Task<GroupCommit::Appended> one = replay_one(id, router, handler, report);
    const GroupCommit::Appended ended = co_await one;
    if (!ended) co_return std::unexpected(ended.error());
  }
  const StoredNote end{.id = 0, .attempt = 0, .reason = {}};
  const GroupCommit::Appended finished = co_await note(RecordType::start, end);
  if (!finished) co_return std::unexpected(finished.error());
  failpoint(Failpoint::replay_end);
  co_return report;
}

void Recovery::keep(std::shared_ptr<StateStore> state) {
  state_ = std::move(state);
  state_->opened(ledger_);
}

GroupCommit::Append Recovery::completed(StoredOutcome outcome, StateValues put) {
  if (put.empty()) return commit_.append(as_byte(RecordType::completed), encode(outcome));
  return commit_.append(as_byte(RecordType::completed_with_state),
                        encode(StoredCompletion{.outcome = std::move(outcome), .put = std::move(put)}));
}

/// A record has to fit into a segment, with what else stands in it.
std::uint64_t Recovery::fitting(std::uint64_t bytes_max) const {
  return std::min(bytes_max, config_.segment_bytes / 2);
}

GroupCommit::Append Recovery::accept(const StoredRequest& request) {
  if (request.body.size() <= fitting(config_.body_inline_bytes_max)) {
    return commit_.append(as_byte(RecordType::accepted), encode(request));
  }
  return commit_.append(as_byte(RecordType::accepted_by_reference), encode_by_reference(request), request.body);
}

GroupCommit::Append Recovery::note(RecordType type, const StoredNote& note) {
  return commit_.append(as_byte(type), encode(note));
}

/// Empty, or why the request is not to be tried again.
std::string Recovery::end_of_attempts(const StoredRequest& kept, const std::string& failure, bool breaker_open) const {
  if (breaker_open) {
    return fmt::format("the breaker is open: {} starts in a row ended while they replayed",
                       config_.max_unfinished_starts);
  }
  if (kept.deadline_unix_ns != 0 && unix_ns_now() > kept.deadline_unix_ns) return "its deadline has passed";
  if (kept.attempts < config_.max_recovery_attempts) return {};
  return fmt::format("{} attempts failed: {}", kept.attempts, failure);
}

/// The attempts of processes before count as well: one that crashes at once is not to be started in a tight loop.
std::chrono::milliseconds Recovery::backoff_before(std::uint32_t attempt) const {
  constexpr std::uint32_t doublings_max = 10;
  return config_.backoff * (1U << std::min(attempt - 2, doublings_max));
}

Task<GroupCommit::Appended> Recovery::replay_one(std::uint64_t id, const http::Router& router,
                                                 const RecoverHandler& handler, ReplayReport& report) {
  std::string failure = "the process ended each time";
  for (;;) {
    StoredRequest kept = ledger_.request(id).value();
    StoredNote noted{.id = id, .attempt = kept.attempts, .reason = end_of_attempts(kept, failure, report.breaker_open)};
    if (!noted.reason.empty()) {
      ++report.dead;
      failpoint(Failpoint::replay_dead_letter);
      const GroupCommit::Appended given_up = co_await note(RecordType::dead, noted);
      failpoint(Failpoint::replay_dead_letter_durable);
      co_return given_up;
    }
    const std::uint32_t attempt = ++noted.attempt;
    if (attempt > 1) co_await sleep_for(backoff_before(attempt));
    failpoint(Failpoint::replay_attempt);
    const GroupCommit::Appended begun = co_await note(RecordType::attempt, noted);
    if (!begun) co_return begun;
    failpoint(Failpoint::replay_attempt_durable);
    Context context(kept, attempt);
    const Request request(std::move(kept), router);
    if (state_) state_->begin(request.original());
    const Task<std::string> running = try_once(handler, context, request);
    failure = co_await running;
    StateValues put = state_ ? state_->take(request.original()) : StateValues{};
    if (failure.empty()) {
      ++report.completed;
      failpoint(Failpoint::replay_handled);
      const http::Response* const response = request.response() ? &*request.response() : nullptr;
      GroupCommit::Append completing =
          completed(outcome_of(request.stored(), response, fitting(config_.body_bytes_max)), std::move(put));
      const GroupCommit::Appended ended = co_await completing;
      failpoint(Failpoint::replay_completed);
      co_return ended;
    }
    context.logger().error("attempt {} of {} at {} {} failed: {}", attempt, config_.max_recovery_attempts,
                           request.method(), request.target(), failure);
  }
}

}  // namespace gauntlet::recovery
