#include "fault-injection/storage/power_losses.hpp"

#include <atomic>
#include <chrono>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "fault-injection/storage/journal_oracle.hpp"
#include "fault-injection/storage/planted_storage.hpp"
#include "runtimes/recovery/journal/segment_journal.hpp"
#include "runtimes/recovery/storage/posix_storage.hpp"

namespace gauntlet {

namespace {

using namespace recovery;

constexpr auto latest_cut = std::chrono::microseconds(8'000);

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
    }
    told_.acknowledged = oracle_.acknowledged();
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
    std::vector<std::string> recovered;
    auto journal = SegmentJournal::open(plant(options_.bug, std::move(*storage)), segments,
                                        [&](const Record& record) { recovered.emplace_back(record.payload); });
    told_.breach = journal ? oracle_.breach(recovered).value_or("") : journal.error().text;
    if (!told_.breach.empty()) return nullptr;
    return std::move(*journal);
  }

  void append_until_cut(Journal& journal) {
    bool refused = false;
    while (!refused) {
      std::vector<std::string> payloads;
      for (std::uint64_t i = 0; i <= random_() % 9; ++i) payloads.push_back(oracle_.attempt());
      std::vector<Record> records;
      for (const std::string& payload : payloads) records.push_back({.type = 1, .payload = payload});
      refused = !journal.append(records);
      if (refused) continue;
      const std::uint64_t last = oracle_.last_attempted();
      for (std::uint64_t number = last - payloads.size() + 1; number <= last; ++number) oracle_.acknowledge(number);
      trim(journal, records.front().sequence, last);
      // Where the disk cannot be cut off nothing would ever fail.
      refused = cut_ && !told_.failure.empty();
    }
    while (!cut_) std::this_thread::yield();
    ++told_.cycles;
  }

  /// So that files come and go.
  void trim(Journal& journal, std::uint64_t sequence, std::uint64_t last) {
    if (random_() % 32 != 0) return;
    oracle_.give_up_before(last);
    static_cast<void>(journal.trim(sequence));
  }

  LoopDisk& disk_;
  const PowerLossOptions options_;
  std::mt19937_64 random_;
  JournalOracle oracle_;
  PowerLosses told_;
  std::atomic<bool> cut_{false};
};

}  // namespace

PowerLosses lose_power(LoopDisk& disk, const PowerLossOptions& options) { return Cycles(disk, options).run(); }

}  // namespace gauntlet
