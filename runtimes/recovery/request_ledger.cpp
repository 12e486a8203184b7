#include "runtimes/recovery/request_ledger.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

#include "runtimes/recovery/journal/payload_files.hpp"

namespace gauntlet::recovery {

bool RequestLedger::apply(const Record& record) {
  const std::lock_guard lock(mutex_);
  switch (static_cast<RecordType>(record.type)) {
    case RecordType::accepted:
      if (auto request = decode_request(record.payload)) {
        accept(record, std::move(*request));
        return true;
      }
      return false;
    case RecordType::accepted_by_reference:
      if (auto request = decode_request_by_reference(record.payload)) {
        accept(record, std::move(*request));
        return true;
      }
      return false;
    case RecordType::completed:
      if (const auto outcome = decode_outcome(record.payload)) {
        complete(record.sequence, *outcome, record.payload);
        return true;
      }
      return false;
    case RecordType::completed_with_state:
      if (auto completion = decode_completion(record.payload)) {
        complete(record.sequence, completion->outcome, encode(completion->outcome));
        put_state(record.sequence, std::move(completion->put));
        return true;
      }
      return false;
    case RecordType::state:
      if (auto kept = decode_state(record.payload)) {
        put_state(record.sequence, std::move(kept->put));
        return true;
      }
      return false;
    case RecordType::attempt:
    case RecordType::dead:
    case RecordType::revived:
    case RecordType::start:
      if (const auto noted = decode_note(record.payload)) return note(static_cast<RecordType>(record.type), *noted);
      return false;
  }
  return false;
}

void RequestLedger::committed(const Record& record) {
  const bool understood = apply(record);
  assert(understood && "a record that this program wrote");
  static_cast<void>(understood);
}

void RequestLedger::move_to(std::uint64_t& position, std::uint64_t sequence) {
  let_go(position);
  position = sequence;
  positions_.insert(sequence);
}

void RequestLedger::let_go(std::uint64_t position) {
  if (const auto found = positions_.find(position); found != positions_.end()) positions_.erase(found);
}

void RequestLedger::put_state(std::uint64_t sequence, StateValues put) {
  for (auto& [key, text] : put) {
    const auto [value, is_new] = state_.try_emplace(key);
    live_bytes_ += text.size() - value->second.text.size() + (is_new ? key.size() : 0);
    value->second.text = std::move(text);
    move_to(value->second.position, sequence);
  }
}

void RequestLedger::accept(const Record& record, StoredRequest request) {
  const std::uint64_t id = request.id == 0 ? record.sequence : request.id;
  Entry& entry = entries_[id];
  live_bytes_ += record.payload.size() - entry.payload.size();
  entry.payload = record.payload;
  entry.attempts = request.attempts;
  entry.key = std::move(request.key);
  entry.body_file = request.body_file;
  if (entry.body_file) last_payload_number_ = std::max(last_payload_number_, entry.body_file->number);
  move_to(entry.position, record.sequence);
  if (!entry.key.empty()) open_keys_[entry.key] = id;
}

void RequestLedger::complete(std::uint64_t sequence, const StoredOutcome& outcome, std::string_view payload) {
  if (const auto found = entries_.find(outcome.id); found != entries_.end()) {
    if (!found->second.key.empty()) open_keys_.erase(found->second.key);
    live_bytes_ -= found->second.payload.size();
    let_go(found->second.position);
    if (found->second.body_file) unneeded_payloads_.push_back(found->second.body_file->number);
    entries_.erase(found);
  }
  if (outcome.key.empty()) return;
  const auto [answer, is_new] = answers_.try_emplace(outcome.key);
  live_bytes_ += payload.size() - answer->second.payload.size();
  answer->second.payload = payload;
  move_to(answer->second.position, sequence);
  if (!is_new) return;
  answered_.push_back(outcome.key);
  if (answered_.size() <= limits_.remembered_keys_max) return;
  const auto oldest = answers_.find(answered_.front());
  live_bytes_ -= oldest->second.payload.size();
  let_go(oldest->second.position);
  answers_.erase(oldest);
  answered_.pop_front();
}

/// About a request that is gone it says nothing: its segment may have been kept longer than the request was needed.
bool RequestLedger::note(RecordType type, const StoredNote& note) {
  if (type == RecordType::start) {
    // Needs no place among what is written again: it stands behind the requests that it is about, which are needed.
    unfinished_starts_ = note.attempt;
    return true;
  }
  const auto found = entries_.find(note.id);
  if (found == entries_.end()) return true;
  Entry& entry = found->second;
  if (type == RecordType::attempt) {
    entry.attempts = note.attempt;
  } else {
    entry.dead = type == RecordType::dead;
    entry.reason = note.reason;
    if (!entry.dead) entry.attempts = 0;
  }
  return true;
}

StoredRequest RequestLedger::decoded(std::uint64_t id, const Entry& entry) const {
  StoredRequest request =
      (entry.body_file ? decode_request_by_reference(entry.payload) : decode_request(entry.payload)).value();
  if (entry.body_file) request.body = entry.body;
  request.id = id;
  request.attempts = entry.attempts;
  return request;
}

OwnedRecord RequestLedger::accepted_again(std::uint64_t id, const Entry& entry) const {
  if (entry.body_file) {
    return {0, static_cast<std::uint8_t>(RecordType::accepted_by_reference), encode_by_reference(decoded(id, entry))};
  }
  return {0, static_cast<std::uint8_t>(RecordType::accepted), encode(decoded(id, entry))};
}

void RequestLedger::carry(const JournalFigures& figures, std::vector<OwnedRecord>& ahead) {
  const std::lock_guard lock(mutex_);
  if (figures.bytes <= limits_.carry_beyond_bytes + 4 * live_bytes_) return;
  for (const auto& [id, entry] : entries_) {
    if (entry.position >= figures.active_sequence) continue;
    ahead.push_back(accepted_again(id, entry));
    if (!entry.dead) continue;
    const StoredNote note{.id = id, .attempt = entry.attempts, .reason = entry.reason};
    ahead.push_back({0, static_cast<std::uint8_t>(RecordType::dead), encode(note)});
  }
  for (const std::string& key : answered_) {
    const Answer& answer = answers_.at(key);
    if (answer.position >= figures.active_sequence) continue;
    ahead.push_back({0, static_cast<std::uint8_t>(RecordType::completed), answer.payload});
  }
  for (const auto& [key, value] : state_) {
    if (value.position >= figures.active_sequence) continue;
    ahead.push_back({0, static_cast<std::uint8_t>(RecordType::state), encode(StoredState{{{key, value.text}}})});
  }
}

std::uint64_t RequestLedger::first_needed() {
  const std::lock_guard lock(mutex_);
  return positions_.empty() ? std::numeric_limits<std::uint64_t>::max() : *positions_.begin();
}

std::vector<std::uint64_t> RequestLedger::incomplete() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::uint64_t> ids;
  for (const auto& [id, entry] : entries_) {
    if (!entry.dead) ids.push_back(id);
  }
  return ids;
}

std::optional<StoredRequest> RequestLedger::request(std::uint64_t id) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return std::nullopt;
  return decoded(id, found->second);
}

std::vector<DeadLetter> RequestLedger::dead_letters() const {
  const std::lock_guard lock(mutex_);
  std::vector<DeadLetter> letters;
  for (const auto& [id, entry] : entries_) {
    if (entry.dead) letters.push_back({decoded(id, entry), entry.reason});
  }
  return letters;
}

std::vector<RequestLedger::BodyFile> RequestLedger::body_files() const {
  const std::lock_guard lock(mutex_);
  std::vector<BodyFile> files;
  for (const auto& [id, entry] : entries_) {
    if (entry.body_file) files.push_back({.request = id, .file = *entry.body_file});
  }
  return files;
}

void RequestLedger::hold_body(std::uint64_t id, std::string body) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found != entries_.end() && !found->second.dead) found->second.body = std::move(body);
}

std::vector<std::uint64_t> RequestLedger::take_unneeded_payloads() {
  const std::lock_guard lock(mutex_);
  return std::exchange(unneeded_payloads_, {});
}

std::uint64_t RequestLedger::last_payload_number() const {
  const std::lock_guard lock(mutex_);
  return last_payload_number_;
}

JournalResult<void> read_bodies(Storage& folder, RequestLedger& ledger) {
  for (const auto& [request, file] : ledger.body_files()) {
    auto body = read_payload(folder, file);
    if (!body) return std::unexpected(body.error());
    ledger.hold_body(request, std::move(*body));
  }
  return {};
}

std::uint32_t RequestLedger::unfinished_starts() const {
  const std::lock_guard lock(mutex_);
  return unfinished_starts_;
}

std::optional<std::string> RequestLedger::state(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto found = state_.find(key);
  if (found == state_.end()) return std::nullopt;
  return found->second.text;
}

RequestLedger::KeyState RequestLedger::key(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const std::string name(key);
  if (const auto answer = answers_.find(name); answer != answers_.end()) {
    return {.open = false, .outcome = decode_outcome(answer->second.payload)};
  }
  return {.open = open_keys_.contains(name), .outcome = std::nullopt};
}

}  // namespace gauntlet::recovery
