#include "fault-injection/storage/tests/journal_workload.hpp"

#include <utility>

namespace gauntlet {

using recovery::Record;
using recovery::SegmentJournal;
using recovery::SegmentOptions;

SegmentOptions small_segments() {
  SegmentOptions options;
  options.segment_bytes = 4096;
  options.step_bytes = 4096;
  // Shared by the copies of the options, so that no two segments get the same one.
  options.new_epoch = [random = std::make_shared<std::mt19937_64>(17)] { return (*random)(); };
  return options;
}

Recovered recover(SimulatedDisk& disk, const SegmentOptions& options) {
  Recovered recovered;
  const auto journal = SegmentJournal::open(
      disk.mount(), options, [&recovered](const Record& record) { recovered.payloads.emplace_back(record.payload); });
  if (!journal) recovered.refusal = journal.error().text;
  return recovered;
}

JournalWorkload::JournalWorkload(const WorkloadOptions& options)
    : options_(options), random_(options.seed), disk_({.block_bytes = options.block_bytes}) {}

void JournalWorkload::run() {
  disk_.on_change = [this] {
    if (look) look();
  };
  for (int step = 0; step < options_.steps; ++step) {
    const std::uint64_t choice = random_() % 16;
    if (!journal_ || choice == 0) open();
    if (!journal_) continue;
    if (choice < 10) {
      append();
    } else if (choice < 13) {
      trim();
    } else {
      journal_->work_ahead();
    }
  }
  disk_.on_change = nullptr;
  journal_.reset();
  if (look) look();
}

/// The process before is gone; the page cache is not.
void JournalWorkload::open() {
  journal_.reset();
  auto opened =
      SegmentJournal::open(plant(options_.bug, disk_.mount(&faults_)), options_.segments, [](const Record&) {});
  if (opened) journal_ = std::move(*opened);
}

void JournalWorkload::append() {
  std::vector<std::string> payloads;
  const std::uint64_t first = oracle_.last_attempted() + 1;
  for (std::uint64_t i = 0; i <= random_() % 7; ++i) payloads.push_back(oracle_.attempt());
  std::vector<Record> records;
  for (const std::string& payload : payloads) records.push_back({.type = 1, .payload = payload});
  if (!journal_->append(records)) {
    ++refused_;
    return;
  }
  for (std::size_t i = 0; i < records.size(); ++i) {
    oracle_.acknowledge(first + i);
    numbers_.emplace_back(first + i, records[i].sequence);
  }
  if (look) look();
}

/// All but the last few.
void JournalWorkload::trim() {
  if (numbers_.size() < 12) return;
  const auto [number, sequence] = numbers_[numbers_.size() - 1 - random_() % 12];
  oracle_.give_up_before(number);
  static_cast<void>(journal_->trim(sequence));
}

std::string JournalWorkload::judge(const Recovered& recovered) const {
  if (!recovered.refusal.empty()) return "what a loss of power left was refused: " + recovered.refusal;
  return oracle_.breach(recovered.payloads).value_or("");
}

}  // namespace gauntlet
