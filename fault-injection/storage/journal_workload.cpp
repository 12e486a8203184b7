#include "fault-injection/storage/journal_workload.hpp"

#include <algorithm>
#include <utility>

#include "fault-injection/storage/planted_journal.hpp"
#include "fault-injection/storage/planted_reader.hpp"
#include "fault-injection/storage/planted_storage.hpp"
#include "runtimes/recovery/journal/segment_scan.hpp"

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

namespace {

SegmentOptions with_bug(SegmentOptions options, PlantedBug bug) {
  if (bug == PlantedBug::no_checksum) {
    options.checksum = [](std::span<const std::byte>) noexcept { return std::uint32_t{0}; };
  }
  if (bug == PlantedBug::checksum_of_header) {
    options.checksum = [](std::span<const std::byte> bytes) noexcept {
      return recovery::crc32c(
          bytes.first(std::min(bytes.size(), recovery::record_header_bytes - sizeof(std::uint32_t))));
    };
  }
  return options;
}

}  // namespace

Recovered scan(SimulatedDisk& disk, const SegmentOptions& options) {
  Recovered recovered;
  const auto storage = disk.mount();
  const auto found = recovery::scan_journal(*storage, options.checksum, [&recovered](const Record& record) {
    recovered.payloads.emplace_back(record.payload);
  });
  if (!found) recovered.refusal = found.error().text;
  return recovered;
}

Recovered recover(SimulatedDisk& disk, const SegmentOptions& options, PlantedBug bug, StorageFaults* faults) {
  Recovered recovered;
  if (is_of_reading(bug)) {
    const auto storage = disk.mount();
    const auto done = read_planted(
        bug, *storage, [&recovered](const Record& record) { recovered.payloads.emplace_back(record.payload); });
    if (!done) recovered.refusal = done.error().text;
    return recovered;
  }
  const auto journal =
      SegmentJournal::open(disk.mount(faults), with_bug(options, bug),
                           [&recovered](const Record& record) { recovered.payloads.emplace_back(record.payload); });
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
  auto opened = SegmentJournal::open(plant(options_.bug, disk_.mount(&faults_)),
                                     with_bug(options_.segments, options_.bug), [](const Record&) {});
  if (opened) journal_ = plant(options_.bug, std::move(*opened));
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
