#include "fault-injection/storage/journal_workload.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "fault-injection/storage/planted_journal.hpp"
#include "fault-injection/storage/planted_reader.hpp"
#include "fault-injection/storage/planted_storage.hpp"
#include "fault-injection/storage/test_records.hpp"
#include "runtimes/recovery/journal/payload_files.hpp"
#include "runtimes/recovery/journal/referring_journal.hpp"
#include "runtimes/recovery/journal/segment_scan.hpp"

namespace gauntlet {

using recovery::JournalResult;
using recovery::PayloadFiles;
using recovery::Record;
using recovery::ReferringJournal;
using recovery::SegmentJournal;
using recovery::SegmentOptions;
using recovery::Storage;

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

struct Opened {
  std::unique_ptr<recovery::Journal> journal;
  PayloadFiles files;
};

/// As Recovery does it.
JournalResult<Opened> open_reading(std::unique_ptr<Storage> storage, std::unique_ptr<Storage> beside,
                                   const SegmentOptions& options, RecordReading& reading) {
  auto journal = SegmentJournal::open(
      std::move(storage), options, [&reading](const Record& record) { reading.visit(record); },
      [&reading](Storage& folder) { return reading.check(folder); });
  if (!journal) return std::unexpected(journal.error());
  PayloadFiles files(std::move(beside));
  std::vector<std::uint64_t> needed;
  for (const auto& [number, file] : reading.files) needed.push_back(file);
  if (auto begun = files.begin(std::move(needed), reading.last_file); !begun) return std::unexpected(begun.error());
  return Opened{.journal = std::move(*journal), .files = std::move(files)};
}

}  // namespace

Recovered scan(SimulatedDisk& disk, const SegmentOptions& options) {
  RecordReading reading;
  const auto storage = disk.mount();
  const auto found =
      recovery::scan_journal(*storage, options.checksum, [&reading](const Record& record) { reading.visit(record); });
  if (!found) return {.payloads = {}, .refusal = found.error().text};
  const auto checked = reading.check(*storage);
  return {.payloads = std::move(reading.payloads), .refusal = checked ? "" : checked.error().text};
}

Recovered recover(SimulatedDisk& disk, const SegmentOptions& options, PlantedBug bug, StorageFaults* faults) {
  RecordReading reading;
  if (is_of_reading(bug)) {
    const auto storage = disk.mount();
    auto done = read_planted(bug, *storage, [&reading](const Record& record) { reading.visit(record); });
    if (done) done = reading.check(*storage);
    return {.payloads = std::move(reading.payloads), .refusal = done ? "" : done.error().text};
  }
  const auto opened = open_reading(disk.mount(faults), disk.mount(faults), with_bug(options, bug), reading);
  return {.payloads = std::move(reading.payloads), .refusal = opened ? "" : opened.error().text};
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
  RecordReading reading;
  const PlantedBug bug = options_.bug;
  auto opened = open_reading(plant(bug, disk_.mount(&faults_)), plant(bug, disk_.mount(&faults_)),
                             with_bug(options_.segments, bug), reading);
  if (!opened) return;
  files_ = std::move(reading.files);
  unneeded_files_.clear();
  journal_ = std::make_unique<ReferringJournal>(plant(bug, std::move(opened->journal)), std::move(opened->files),
                                                [this] { return std::exchange(unneeded_files_, {}); });
}

void JournalWorkload::append() {
  std::vector<std::string> payloads;
  const std::uint64_t first = oracle_.last_attempted() + 1;
  for (std::uint64_t i = 0; i <= random_() % 7; ++i) payloads.push_back(oracle_.attempt());
  std::vector<Record> records;
  for (const std::string& payload : payloads) records.push_back(record_of(payload, options_.large_from));
  if (!journal_->append(records)) {
    ++refused_;
    return;
  }
  for (std::size_t i = 0; i < records.size(); ++i) {
    oracle_.acknowledge(first + i);
    if (const auto file = file_named_by(records[i])) files_[first + i] = *file;
    numbers_.emplace_back(first + i, records[i].sequence);
  }
  if (look) look();
}

/// All but the last few.
void JournalWorkload::trim() {
  if (numbers_.size() < 12) return;
  const auto [number, sequence] = numbers_[numbers_.size() - 1 - random_() % 12];
  oracle_.give_up_before(number);
  if (options_.large_from != 0 && !give_up_before(number)) return;
  static_cast<void>(journal_->trim(sequence));
}

/// Durable before any file goes.
bool JournalWorkload::give_up_before(std::uint64_t number) {
  const std::string text = std::to_string(number);
  std::array<Record, 1> record{record_of_giving_up(text)};
  if (options_.bug != PlantedBug::payload_let_go_early && !journal_->append(record)) return false;
  while (!files_.empty() && files_.begin()->first < number) {
    unneeded_files_.push_back(files_.begin()->second);
    files_.erase(files_.begin());
  }
  return true;
}

std::string JournalWorkload::judge(const Recovered& recovered) const {
  if (!recovered.refusal.empty()) return "what a loss of power left was refused: " + recovered.refusal;
  return oracle_.breach(recovered.payloads).value_or("");
}

}  // namespace gauntlet
