// A journal, of whichever backend, whose large payloads are kept in files of their own.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtimes/recovery/journal/journal.hpp"
#include "runtimes/recovery/journal/payload_files.hpp"

namespace gauntlet::recovery {

/// A record's large payload is durable, and its name too, before the record is written that names it. What becomes of
/// the file is then its reader's affair, who says when nothing durable needs it any more.
class ReferringJournal final : public Journal {
 public:
  /// Numbers of payloads that are not needed any more, and have not been given before. On the thread of trim().
  using Unneeded = std::function<std::vector<std::uint64_t>()>;

  /// `files` has begun.
  ReferringJournal(std::unique_ptr<Journal> under, PayloadFiles files, Unneeded unneeded)
      : under_(std::move(under)), files_(std::move(files)), unneeded_(std::move(unneeded)) {}

  /// Where a record has a large payload, its payload is replaced by one with the reference behind it, which is lent
  /// until the next append.
  JournalResult<void> append(std::span<Record> records) override;
  JournalResult<void> trim(std::uint64_t first_kept) override;
  bool work_ahead() override { return under_->work_ahead(); }
  JournalFigures figures() const override { return under_->figures(); }

 private:
  JournalResult<void> write_payloads(std::span<Record> records);

  const std::unique_ptr<Journal> under_;
  PayloadFiles files_;
  const Unneeded unneeded_;
  std::deque<std::string> lent_;
  std::vector<std::uint64_t> written_;   ///< by this append, one for each of lent_
  std::vector<std::uint64_t> doubtful_;  ///< a crash may still bring back a record that names them
};

}  // namespace gauntlet::recovery
