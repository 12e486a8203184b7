#include "fault-injection/storage/power_losses.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "fault-injection/storage/journal_oracle.hpp"
#include "fault-injection/storage/planted_storage.hpp"
#include "fault-injection/storage/test_records.hpp"
#include "runtimes/recovery/journal/payload_files.hpp"
#include "runtimes/recovery/journal/referring_journal.hpp"
#include "runtimes/recovery/journal/segment_journal.hpp"
#include "runtimes/recovery/storage/posix_storage.hpp"

namespace gauntlet {

namespace {

using namespace recovery;

constexpr auto latest_cut = std::chrono::microseconds(8'000);
constexpr std::size_t referred_from = 300;

class Cycles {
 public:
  Cycles(LoopDisk& disk, const PowerLossOptions& options) : disk_(disk), options_(options), random_(options.seed) {}

  PowerLosses run() {
    auto journal = open();
    for (std::uint64_t cycle = 0; cycle < options_.cycles && journal; ++cycle) {
      std::thread cutting([this, after = std::chrono::microseconds(random_() % latest_cut.count())] {
        std::this_thread::sleep_for(after);
        if (!disk_.cut()) told_.failure = "the file system cannot be cut off from its disk";
        cut_ = true;
      });
      append_until_cut(*journal);
      cutting.join();
      journal.reset();
      if (auto up = disk_.power_up(); !up) told_.failure = up.error();
      if (!told_.failure.empty()) break;
      cut_ = false;
      journal = open();
      if (std::exchange(found_damaged_, false)) journal = begin_anew();
    }
    told_.acknowledged += oracle_.acknowledged();
    return std::move(told_);
  }

 private:
  std::unique_ptr<Journal> open() {
    auto storage = PosixStorage::open_folder(disk_.path() / "journal", Folder::may_be_made);
    if (!storage) {
      told_.failure = storage.error().message();
      return nullptr;
    }
    SegmentOptions segments;
    segments.segment_bytes = 64 * 1024;
    ++openings_since_trim_;
    RecordReading reading;
    auto journal = SegmentJournal::open(
        plant(options_.bug, std::move(*storage)), segments, [&](const Record& record) { reading.visit(record); },
        [&](Storage& folder) { return reading.check(folder); });
    const std::string breach = journal ? oracle_.breach(reading.payloads).value_or("") : journal.error().text;
    if (!breach.empty()) {
      found_damaged_ = disk_.has_found_errors();
      if (!found_damaged_) told_.breach = breach;
      return nullptr;
    }
    return with_payloads(std::move(*journal), std::move(reading));
  }

  std::unique_ptr<Journal> begin_anew() {
    if (++told_.damaged_file_systems > options_.cycles / 4 + 1) {
      told_.failure = "the file system is damaged by being cut off, again and again";
      return nullptr;
    }
    if (auto begun = disk_.begin_anew(); !begun) {
      told_.failure = begun.error();
      return nullptr;
    }
    told_.acknowledged += oracle_.acknowledged();
    oracle_ = JournalOracle();
    files_.clear();
    unneeded_files_.clear();
    return open();
  }

  std::unique_ptr<Journal> with_payloads(std::unique_ptr<Journal> journal, RecordReading reading) {
    auto beside = PosixStorage::open_folder(disk_.path() / "journal", Folder::must_exist);
    if (!beside) {
      told_.failure = beside.error().message();
      return nullptr;
    }
    files_ = std::move(reading.files);
    std::vector<std::uint64_t> needed;
    for (const auto& [number, file] : files_) needed.push_back(file);
    PayloadFiles files(plant(options_.bug, std::move(*beside)));
    if (auto begun = files.begin(std::move(needed), reading.last_file); !begun) {
      found_damaged_ = disk_.has_found_errors();
      if (!found_damaged_) told_.failure = begun.error().text;
      return nullptr;
    }
    return std::make_unique<ReferringJournal>(std::move(journal), std::move(files),
                                              [this] { return std::exchange(unneeded_files_, {}); });
  }

  void append_until_cut(Journal& journal) {
    bool refused = false;
    while (!refused) {
      std::vector<std::string> payloads;
      for (std::uint64_t i = 0; i <= random_() % 9; ++i) payloads.push_back(oracle_.attempt());
      std::vector<Record> records;
      for (const std::string& payload : payloads) records.push_back(record_of(payload, referred_from));
      refused = !journal.append(records);
      if (refused) continue;
      const std::uint64_t last = oracle_.last_attempted();
      std::uint64_t number = last - payloads.size();
      for (const Record& record : records) {
        oracle_.acknowledge(++number);
        if (const auto file = file_named_by(record)) files_[number] = *file;
      }
      trim(journal, records.front().sequence, last);
      // Where the disk cannot be cut off nothing would ever fail.
      refused = cut_ && !told_.failure.empty();
    }
    while (!cut_) std::this_thread::yield();
    ++told_.cycles;
  }

  /// So that files come and go; by chance, and where that would let openings fill the disk, of which each begins a
  /// segment.
  void trim(Journal& journal, std::uint64_t sequence, std::uint64_t last) {
    if (random_() % 32 != 0 && openings_since_trim_ < 8) return;
    oracle_.give_up_before(last);
    const std::string first_kept = std::to_string(last);
    std::array<Record, 1> giving_up{record_of_giving_up(first_kept)};
    if (!journal.append(giving_up)) return;
    for (; !files_.empty() && files_.begin()->first < last; files_.erase(files_.begin())) {
      unneeded_files_.push_back(files_.begin()->second);
    }
    if (journal.trim(sequence)) openings_since_trim_ = 0;
  }

  LoopDisk& disk_;
  const PowerLossOptions options_;
  std::mt19937_64 random_;
  JournalOracle oracle_;
  std::map<std::uint64_t, std::uint64_t> files_;  ///< of payloads, by the numbers of their records
  std::vector<std::uint64_t> unneeded_files_;
  unsigned openings_since_trim_ = 0;
  PowerLosses told_;
  bool found_damaged_ = false;  ///< the file system, by the opening that has just failed
  std::atomic<bool> cut_{false};
};

}  // namespace

PowerLosses lose_power(LoopDisk& disk, const PowerLossOptions& options) { return Cycles(disk, options).run(); }

}  // namespace gauntlet
