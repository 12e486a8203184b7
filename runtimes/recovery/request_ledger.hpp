// Which requests are open, dead or answered: what the records of the journal add up to.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtimes/recovery/journal/group_commit.hpp"
#include "runtimes/recovery/request_record.hpp"

namespace gauntlet::recovery {

struct LedgerLimits {
  std::size_t remembered_keys_max = 65'536;  ///< answers beyond are forgotten, oldest first
  /// Where the journal occupies more than this and four times what is live, the live part is written again so that the
  /// rest can go.
  std::uint64_t carry_beyond_bytes = 4 * 16 * 1024 * 1024;
};

struct DeadLetter {
  StoredRequest request;
  std::string reason;
};

/// The same whether its records come from a journal that is being opened or from one that is being written. Queries
/// from any thread.
class RequestLedger final : public CommitObserver {
 public:
  explicit RequestLedger(const LedgerLimits& limits = {}) : limits_(limits) {}

  /// False: the record's payload makes no sense, though its checksum is right.
  bool apply(const Record& record);

  struct BodyFile {
    std::uint64_t request = 0;  ///< open or dead
    PayloadReference file;
  };
  /// Bodies that are kept in files of their own.
  std::vector<BodyFile> body_files() const;
  /// The body of such a request; forgotten at once where it is dead.
  void hold_body(std::uint64_t id, std::string body);
  /// Numbers of body files whose requests have been completed since this was asked last.
  std::vector<std::uint64_t> take_unneeded_payloads();
  /// The highest number that any record had.
  std::uint64_t last_payload_number() const;

  void committed(const Record& record) override;
  void carry(const JournalFigures& figures, std::vector<OwnedRecord>& ahead) override;
  std::uint64_t first_needed() override;

  /// Ids of the requests that were accepted and neither completed nor given up, in the order of their arrival.
  std::vector<std::uint64_t> incomplete() const;
  /// With its id and the attempts so far; of a request that is open or dead.
  std::optional<StoredRequest> request(std::uint64_t id) const;
  std::vector<DeadLetter> dead_letters() const;
  /// Starts in a row that began to replay and never got to the end of it.
  std::uint32_t unfinished_starts() const;

  struct KeyState {
    bool open = false;                     ///< accepted, and not completed
    std::optional<StoredOutcome> outcome;  ///< completed
  };
  KeyState key(std::string_view key) const;
  /// Of a StateStore.
  std::optional<std::string> state(std::string_view key) const;

 private:
  struct Entry {
    std::string payload;  ///< of the accepted record, with the reference where it has one
    std::optional<PayloadReference> body_file = std::nullopt;
    std::string body;  ///< out of that file, where it is held
    std::string key;
    std::uint32_t attempts = 0;
    std::uint64_t position = 0;  ///< the record that it stands in
    bool dead = false;
    std::string reason;
  };
  struct Answer {
    std::string payload;
    std::uint64_t position = 0;
  };
  struct Value {
    std::string text;
    std::uint64_t position = 0;
  };

  void accept(const Record& record, StoredRequest request);
  /// `payload`: the outcome, encoded.
  void complete(std::uint64_t sequence, const StoredOutcome& outcome, std::string_view payload);
  void put_state(std::uint64_t sequence, StateValues put);
  bool note(RecordType type, const StoredNote& note);
  StoredRequest decoded(std::uint64_t id, const Entry& entry) const;
  OwnedRecord accepted_again(std::uint64_t id, const Entry& entry) const;
  void move_to(std::uint64_t& position, std::uint64_t sequence);
  void let_go(std::uint64_t position);

  const LedgerLimits limits_;
  mutable std::mutex mutex_;
  std::map<std::uint64_t, Entry> entries_;
  std::unordered_map<std::string, std::uint64_t> open_keys_;
  std::unordered_map<std::string, Answer> answers_;
  std::deque<std::string> answered_;  ///< keys, in the order of their first answer
  std::map<std::string, Value, std::less<>> state_;
  std::multiset<std::uint64_t> positions_;  ///< records that are needed, once for each thing in them
  std::uint64_t live_bytes_ = 0;
  std::uint32_t unfinished_starts_ = 0;
  std::vector<std::uint64_t> unneeded_payloads_;
  std::uint64_t last_payload_number_ = 0;
};

/// Holds every body in a file against the record that names it, and has the ledger hold those of incomplete requests.
/// Changes nothing in the folder.
JournalResult<void> read_bodies(Storage& folder, RequestLedger& ledger);

}  // namespace gauntlet::recovery
