#include "scenarios/journal_cost/append_rates.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "runtimes/recovery/journal/journal_backend.hpp"
#include "runtimes/recovery/journal/record.hpp"
#include "runtimes/recovery/request_ledger.hpp"
#include "runtimes/task/blocking.hpp"
#include "runtimes/task/spawn.hpp"

namespace gauntlet {

namespace {

using Clock = std::chrono::steady_clock;
using recovery::GroupCommit;
using recovery::Journal;
using recovery::JournalResult;
using recovery::Record;

const std::string payload(append_bytes, 'p');

JournalResult<std::unique_ptr<Journal>> open_prepared(const recovery::JournalPlace& place) {
  auto journal = recovery::open_journal(place, [](const Record&) {});
  while (journal && (*journal)->work_ahead()) {
  }
  return journal;
}

/// Steps a second; none when one fails.
template <typename Step>
std::optional<double> rate(std::chrono::milliseconds window, Step step) {
  const auto began = Clock::now();
  std::uint64_t steps = 0;
  while (Clock::now() - began < window) {
    if (!step()) return std::nullopt;
    ++steps;
  }
  return static_cast<double>(steps) / std::chrono::duration<double>(Clock::now() - began).count();
}

bool append_one(Journal& journal) {
  Record record{.type = 1, .payload = payload};
  return journal.append({&record, 1}).has_value() && journal.trim(record.sequence).has_value();
}

/// 0: one failed.
Task<std::uint64_t> append_until(GroupCommit& commit, Clock::time_point end) {
  std::uint64_t appended = 0;
  while (Clock::now() < end) {
    std::string copy = payload;
    const GroupCommit::Appended one = co_await commit.append(1, std::move(copy));
    if (!one) co_return std::uint64_t{0};
    ++appended;
  }
  co_return appended;
}

Task<std::optional<double>> rate_of_many(GroupCommit& commit, std::chrono::milliseconds window) {
  const auto began = Clock::now();
  std::vector<JoinHandle<std::uint64_t>> tasks;
  for (int i = 0; i < append_clients; ++i) tasks.push_back(spawn(append_until(commit, began + window)));
  std::uint64_t appended = 0;
  bool failed = false;
  for (JoinHandle<std::uint64_t>& task : tasks) {
    const TaskResult<std::uint64_t> count = co_await task;
    failed = failed || count.value_or(0) == 0;
    appended += count.value_or(0);
  }
  if (failed) co_return std::nullopt;
  co_return static_cast<double>(appended) / std::chrono::duration<double>(Clock::now() - began).count();
}

}  // namespace

RawAppends::RawAppends(const std::string& path, std::uint64_t file_bytes)
    : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)), file_bytes_(file_bytes) {
  if (fd_ < 0 || ::fallocate(fd_, 0, 0, static_cast<off_t>(file_bytes)) != 0) return;
  const std::string zeros(64 * 1024, '\0');
  for (std::uint64_t at = 0; at < file_bytes; at += zeros.size()) {
    if (::pwrite(fd_, zeros.data(), zeros.size(), static_cast<off_t>(at)) != static_cast<ssize_t>(zeros.size())) return;
  }
  whole_ = ::fdatasync(fd_) == 0;
}

RawAppends::~RawAppends() {
  if (fd_ >= 0) ::close(fd_);
}

bool RawAppends::append() {
  static const std::string record(recovery::record_bytes(append_bytes), 'r');
  const bool written = whole_ && ::pwrite(fd_, record.data(), record.size(), static_cast<off_t>(offset_)) ==
                                     static_cast<ssize_t>(record.size());
  if (!written || ::fdatasync(fd_) != 0) return false;
  offset_ = (offset_ + record.size()) % (file_bytes_ - record.size());
  return true;
}

JournalResult<std::unique_ptr<AppendRates>> AppendRates::open(const std::string& folder, std::uint64_t segment_bytes) {
  std::unique_ptr<AppendRates> rates(new AppendRates(folder, segment_bytes));
  for (const std::string_view name : recovery::journal_backends()) {
    const std::string backend(name);
    auto single = open_prepared({folder + "/" + backend + "-1", backend, segment_bytes});
    if (!single) return std::unexpected(single.error());
    auto many = open_prepared({folder + "/" + backend + "-64", backend, segment_bytes});
    if (!many) return std::unexpected(many.error());
    auto observer = std::make_unique<NothingNeeded>();
    auto group = std::make_unique<GroupCommit>(std::move(*many), *observer);
    rates->backends_.push_back(
        {.name = backend, .single = std::move(*single), .observer = std::move(observer), .group = std::move(group)});
  }
  return rates;
}

Task<AppendRates::Figures> AppendRates::round(std::chrono::milliseconds window) {
  Figures figures;
  const auto raw = [this, window] { return rate(window, [this] { return raw_.append(); }); };
  // Around the backends, since a disk may change its pace within the minute.
  const std::optional<double> raw_before = co_await run_blocking(raw);
  for (Backend& backend : backends_) {
    Journal* const journal = backend.single.get();
    const auto one_writer = [journal, window] { return rate(window, [journal] { return append_one(*journal); }); };
    const std::optional<double> of_one = co_await run_blocking(one_writer);
    const Task<std::optional<double>> many = rate_of_many(*backend.group, window);
    const std::optional<double> of_many = co_await many;
    if (!of_one || !of_many) co_return Figures{};
    figures[backend.name + "_1"] = *of_one;
    figures[backend.name + "_64"] = *of_many;
  }
  const std::optional<double> raw_after = co_await run_blocking(raw);
  if (!raw_before || !raw_after) co_return Figures{};
  figures["raw"] = (*raw_before + *raw_after) / 2;
  co_return figures;
}

JournalResult<double> index_ms(const std::string& folder, std::uint64_t segment_bytes, std::uint64_t requests) {
  const recovery::JournalPlace place{folder, "segment", segment_bytes};
  constexpr std::uint64_t at_once = 1000;
  recovery::StoredRequest request;
  request.target = "/orders";
  request.body = payload;
  const std::string encoded = encode(request);
  {
    const auto journal = open_prepared(place);
    if (!journal) return std::unexpected(journal.error());
    for (std::uint64_t written = 0; written < requests; written += at_once) {
      std::vector<Record> records(std::min(at_once, requests - written), Record{.type = 1, .payload = encoded});
      if (auto appended = (*journal)->append(records); !appended) return std::unexpected(appended.error());
    }
  }
  recovery::RequestLedger ledger;
  const auto began = Clock::now();
  auto indexed = began;
  std::uint64_t seen = 0;
  const auto journal = recovery::open_journal(place, [&](const Record& record) {
    ledger.apply(record);
    // Opening goes on with making a new segment, which is no reading.
    if (++seen == requests) indexed = Clock::now();
  });
  if (!journal) return std::unexpected(journal.error());
  return std::chrono::duration<double, std::milli>(indexed - began).count();
}

}  // namespace gauntlet
