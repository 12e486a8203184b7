#include "runtimes/recovery/journal/referring_journal.hpp"

#include "runtimes/failpoint/failpoint.hpp"

namespace gauntlet::recovery {

JournalResult<void> ReferringJournal::write_payloads(std::span<Record> records) {
  lent_.clear();
  written_.clear();
  for (Record& record : records) {
    if (record.large_payload.empty()) continue;
    const auto reference = files_.write(record.large_payload);
    if (!reference) return std::unexpected(reference.error());
    written_.push_back(reference->number);
    record.payload = lent_.emplace_back(std::string(record.payload) + encode(*reference));
    record.large_payload = {};
  }
  if (written_.empty()) return {};
  if (auto synced = files_.sync_names(); !synced) return synced;
  failpoint(Failpoint::payload_durable);
  return {};
}

JournalResult<void> ReferringJournal::append(std::span<Record> records) {
  if (auto written = write_payloads(records); !written) {
    for (const std::uint64_t number : written_) files_.remove(number);
    return written;
  }
  const std::uint64_t first = under_->figures().next_sequence;
  auto appended = under_->append(records);
  if (appended) {
    for (const std::uint64_t number : doubtful_) files_.remove(number);
    doubtful_.clear();
    return appended;
  }
  // The first of them may be durable all the same, for good; the next start sees to theirs.
  const std::uint64_t durable = under_->figures().next_sequence - first;
  std::size_t file = 0;
  for (std::size_t i = 0; i < records.size() && file < lent_.size(); ++i) {
    if (records[i].payload.data() != lent_[file].data()) continue;
    if (i >= durable) doubtful_.push_back(written_[file]);
    ++file;
  }
  return appended;
}

JournalResult<void> ReferringJournal::trim(std::uint64_t first_kept) {
  for (const std::uint64_t number : unneeded_()) {
    failpoint(Failpoint::payload_remove);
    files_.remove(number);
  }
  return under_->trim(first_kept);
}

}  // namespace gauntlet::recovery
