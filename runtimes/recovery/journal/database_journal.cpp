#include "runtimes/recovery/journal/database_journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "runtimes/recovery/journal/journal_lock.hpp"

namespace gauntlet::recovery {

namespace {

using Kind = JournalError::Kind;

// Stands before every record, in the order of the keys.
constexpr std::string_view format_key = "format";
constexpr std::string_view current_format = "gauntlet journal 1";
constexpr std::string_view format_of_any_version = "gauntlet journal ";
constexpr char record_prefix = 'r';
constexpr std::size_t key_bytes = 1 + sizeof(std::uint64_t);
/// A database pays for a removal about what it pays for a record.
constexpr std::uint64_t removed_at_once_min = 1024;

/// Big-endian, so that the order of keys is that of sequences.
void add_key(std::string& keys, std::uint64_t sequence) {
  keys.push_back(record_prefix);
  for (int shift = 56; shift >= 0; shift -= 8) keys.push_back(static_cast<char>(sequence >> shift & 0xff));
}

std::optional<std::uint64_t> sequence_of(std::string_view key) {
  if (key.size() != key_bytes || key.front() != record_prefix) return std::nullopt;
  std::uint64_t sequence = 0;
  for (const char byte : key.substr(1)) sequence = sequence << 8 | static_cast<std::uint8_t>(byte);
  return sequence;
}

}  // namespace

DatabaseJournal::DatabaseJournal(std::unique_ptr<Storage> storage, std::unique_ptr<StorageLock> lock,
                                 std::string backend, StoreOpener opener)
    : storage_(std::move(storage)), lock_(std::move(lock)), backend_(std::move(backend)), opener_(std::move(opener)) {}

JournalError DatabaseJournal::failed(const StoreError& error) const {
  if (error.corrupt) return damaged(backend_ + " says: " + error.text);
  return {.kind = Kind::storage,
          .code = {},
          .text = fmt::format(
              "the journal in {} cannot be used: {} says: {}; see to its disk (space, mount options, rights), "
              "or set journal_path to another folder",
              storage_->location(), backend_, error.text)};
}

JournalError DatabaseJournal::damaged(std::string what) const {
  return {.kind = Kind::corrupt,
          .code = {},
          .text = fmt::format("the journal in {} is damaged: {}; no record was changed; {}", storage_->location(), what,
                              advice_on_damage)};
}

JournalResult<std::unique_ptr<DatabaseJournal>> DatabaseJournal::open(std::unique_ptr<Storage> storage,
                                                                      std::string backend, StoreOpener opener,
                                                                      const RecordVisitor& visit,
                                                                      const RecordsCheck& check) {
  auto lock = lock_journal(*storage);
  if (!lock) return std::unexpected(lock.error());
  std::unique_ptr<DatabaseJournal> journal(
      new DatabaseJournal(std::move(storage), std::move(*lock), std::move(backend), std::move(opener)));
  if (auto loaded = journal->load(visit, check); !loaded) return std::unexpected(loaded.error());
  return journal;
}

JournalResult<void> DatabaseJournal::check_format(bool known, std::string_view found) {
  if (known && found == current_format) return {};
  if (found.starts_with(format_of_any_version)) {
    return std::unexpected(JournalError{
        .kind = Kind::newer_version,
        .code = {},
        .text = fmt::format("the key 'format' of the database in {} says '{}', this program reads '{}'; use the "
                            "program that wrote it",
                            storage_->location(), found, current_format)});
  }
  return std::unexpected(JournalError{
      .kind = Kind::other_backend,
      .code = {},
      .text =
          fmt::format("the database in {} is no journal; set journal_path to another folder", storage_->location())});
}

/// Opens the database and reads all of it.
JournalResult<void> DatabaseJournal::load(const RecordVisitor& visit, const RecordsCheck& check) {
  OpenedStore opened = opener_(storage_->location());
  if (!opened) return std::unexpected(failed(opened.error()));
  std::unique_ptr<KeyValueStore> store = std::move(*opened);
  JournalResult<void> checked;
  bool is_first = true;
  sizes_.clear();
  bytes_ = 0;
  first_sequence_ = next_sequence_ = 1;
  const auto visited = store->visit([&](std::string_view key, std::string_view value) {
    if (!checked) return;
    if (std::exchange(is_first, false)) {
      checked = check_format(key == format_key, value);
      return;
    }
    const auto sequence = sequence_of(key);
    if (!sequence || value.empty()) {
      checked = std::unexpected(damaged("it holds a key that is no record of a journal"));
      return;
    }
    if (sizes_.empty()) first_sequence_ = next_sequence_ = *sequence;
    if (*sequence != next_sequence_) {
      checked = std::unexpected(
          damaged(fmt::format("record {} is missing, though record {} is there", next_sequence_, *sequence)));
      return;
    }
    visit({.sequence = next_sequence_++, .type = static_cast<std::uint8_t>(value.front()), .payload = value.substr(1)});
    sizes_.push_back(static_cast<std::uint32_t>(key.size() + value.size()));
    bytes_ += sizes_.back();
  });
  if (!visited) return std::unexpected(failed(visited.error()));
  if (checked && check) checked = check(*storage_);
  if (!checked) return checked;
  store_ = std::move(store);
  if (!is_first) return {};
  changes_.assign(1, {.key = format_key, .value = current_format});
  return write(true);
}

/// After a failure.
JournalResult<void> DatabaseJournal::open_again() {
  const std::uint64_t acknowledged_end = next_sequence_;
  const std::uint64_t kept_first = first_sequence_;
  JournalResult<void> opened = load([](const Record&) {}, {});
  const std::uint64_t found_end = std::exchange(next_sequence_, acknowledged_end);
  if (!opened) {
    first_sequence_ = kept_first;
    return opened;
  }
  if (found_end < acknowledged_end) {
    store_.reset();
    return std::unexpected(damaged(fmt::format("record {} was acknowledged, and is gone", found_end)));
  }
  if (found_end == acknowledged_end) return {};
  for (std::uint64_t i = acknowledged_end; i < found_end; ++i) {
    bytes_ -= sizes_.back();
    sizes_.pop_back();
  }
  return remove(acknowledged_end, found_end, true);
}

JournalResult<void> DatabaseJournal::write(bool durable) {
  const auto written = store_->write(changes_, durable);
  if (!written) {
    store_.reset();
    return std::unexpected(failed(written.error()));
  }
  if (durable) ++syncs_;
  return {};
}

JournalResult<void> DatabaseJournal::append(std::span<Record> records) {
  if (!store_) {
    if (auto opened = open_again(); !opened) return opened;
  }
  keys_.clear();
  values_.clear();
  for (std::size_t i = 0; i < records.size(); ++i) {
    records[i].sequence = next_sequence_ + i;
    add_key(keys_, records[i].sequence);
    values_.push_back(static_cast<char>(records[i].type));
    values_ += records[i].payload;
  }
  changes_.clear();
  std::size_t at = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::size_t bytes = 1 + records[i].payload.size();
    changes_.push_back({.key = std::string_view(keys_).substr(i * key_bytes, key_bytes),
                        .value = std::string_view(values_).substr(at, bytes)});
    at += bytes;
  }
  if (auto written = write(true); !written) return written;
  next_sequence_ += records.size();
  for (const KeyValueStore::Change& change : changes_) {
    sizes_.push_back(static_cast<std::uint32_t>(change.key.size() + change.value.size()));
    bytes_ += sizes_.back();
  }
  return {};
}

JournalResult<void> DatabaseJournal::remove(std::uint64_t first, std::uint64_t end, bool durable) {
  keys_.clear();
  for (std::uint64_t sequence = first; sequence < end; ++sequence) add_key(keys_, sequence);
  changes_.clear();
  for (std::size_t at = 0; at < keys_.size(); at += key_bytes) {
    changes_.push_back({.key = std::string_view(keys_).substr(at, key_bytes), .value = {}, .removes = true});
  }
  return write(durable);
}

JournalResult<void> DatabaseJournal::trim(std::uint64_t first_kept) {
  const std::uint64_t end = std::min(first_kept, next_sequence_ - 1);
  if (!store_ || end < first_sequence_ + removed_at_once_min) return {};
  // Not durable: the next append makes it so, and until then there may be a few records too many.
  if (auto removed = remove(first_sequence_, end, false); !removed) return removed;
  for (; first_sequence_ < end; ++first_sequence_) {
    bytes_ -= sizes_.front();
    sizes_.pop_front();
  }
  return {};
}

JournalFigures DatabaseJournal::figures() const {
  return {.first_sequence = first_sequence_,
          .next_sequence = next_sequence_,
          .active_sequence = next_sequence_,
          .bytes = bytes_,
          .syncs = syncs_};
}

}  // namespace gauntlet::recovery
