#include "fault-injection/storage/planted_journal.hpp"

#include <string>
#include <utility>
#include <vector>

#include "runtimes/recovery/request_record.hpp"

namespace gauntlet {

namespace {

using recovery::Journal;
using recovery::JournalFigures;
using recovery::JournalResult;
using recovery::OwnedRecord;
using recovery::Record;
using recovery::RecordType;

/// Lets go all that a checkpoint would have written again, before it has.
class ReorderedCheckpoint final : public Journal {
 public:
  explicit ReorderedCheckpoint(std::unique_ptr<Journal> under) : under_(std::move(under)) {}
  JournalResult<void> append(std::span<Record> records) override { return under_->append(records); }
  JournalResult<void> trim(std::uint64_t) override { return under_->trim(under_->figures().next_sequence); }
  bool work_ahead() override { return under_->work_ahead(); }
  JournalFigures figures() const override { return under_->figures(); }

 private:
  const std::unique_ptr<Journal> under_;
};

/// Acknowledges records of one type without writing them: not before the next append, or never.
class WithheldRecords final : public Journal {
 public:
  enum class Until { next_append, never };
  WithheldRecords(std::unique_ptr<Journal> under, RecordType type, Until until)
      : under_(std::move(under)), type_(static_cast<std::uint8_t>(type)), until_(until) {}

  JournalResult<void> append(std::span<Record> records) override {
    std::vector<OwnedRecord> withheld;
    std::vector<Record> written;
    for (const OwnedRecord& late : withheld_) written.push_back({.type = late.type, .payload = late.payload});
    const std::size_t late = written.size();
    for (const Record& record : records) {
      if (record.type != type_) {
        written.push_back(record);
      } else if (until_ == Until::next_append) {
        withheld.push_back({.sequence = 0, .type = record.type, .payload = std::string(record.payload)});
      }
    }
    if (!written.empty()) {
      if (auto done = under_->append(written); !done) return done;
    }
    withheld_ = std::move(withheld);
    std::size_t index = late;
    for (Record& record : records) {
      record.sequence = record.type == type_ ? under_->figures().next_sequence : written[index++].sequence;
    }
    return {};
  }
  JournalResult<void> trim(std::uint64_t first_kept) override { return under_->trim(first_kept); }
  bool work_ahead() override { return under_->work_ahead(); }
  JournalFigures figures() const override { return under_->figures(); }

 private:
  const std::unique_ptr<Journal> under_;
  const std::uint8_t type_;
  const Until until_;
  std::vector<OwnedRecord> withheld_;
};

}  // namespace

std::unique_ptr<Journal> plant(PlantedBug bug, std::unique_ptr<Journal> under) {
  using Until = WithheldRecords::Until;
  switch (bug) {
    case PlantedBug::checkpoint_reordered:
      return std::make_unique<ReorderedCheckpoint>(std::move(under));
    case PlantedBug::attempt_after_run:
      return std::make_unique<WithheldRecords>(std::move(under), RecordType::attempt, Until::next_append);
    case PlantedBug::completion_lost:
      return std::make_unique<WithheldRecords>(std::move(under), RecordType::completed, Until::never);
    case PlantedBug::dead_letter_lost:
      return std::make_unique<WithheldRecords>(std::move(under), RecordType::dead, Until::never);
    default:
      return under;
  }
}

}  // namespace gauntlet
