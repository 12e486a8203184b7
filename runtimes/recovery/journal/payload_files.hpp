// Large payloads in files of their own, beside the journal whose records name them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtimes/recovery/journal/journal.hpp"
#include "runtimes/recovery/journal/payload_reference.hpp"
#include "runtimes/recovery/storage/storage.hpp"

namespace gauntlet::recovery {

/// `000000000001.payload` and up.
std::string payload_name(std::uint64_t number);
/// 0: that is no name of a payload.
std::uint64_t payload_number(std::string_view name);

/// Believed only if it is as long as its record says and has the checksum that stands there; whatever else is found is
/// damage, since a record is written only once its payload is durable.
JournalResult<std::string> read_payload(Storage& folder, const PayloadReference& reference);

/// Of a journal that this process has locked. A file is written once, under a number that was never used, and never
/// again. One thread at a time; every call blocks on storage.
class PayloadFiles {
 public:
  /// The journal's folder.
  explicit PayloadFiles(std::unique_ptr<Storage> folder) : folder_(std::move(folder)) {}

  /// Removes what crashes have left: every payload but those with the `needed` numbers, as far as it can be removed.
  /// Numbers go on behind all that are there, and `last_number`. Before the first write.
  JournalResult<void> begin(std::vector<std::uint64_t> needed, std::uint64_t last_number);

  /// Durable once sync_names() has returned as well. After a failure nothing is left of it.
  JournalResult<PayloadReference> write(std::string_view payload);
  JournalResult<void> sync_names();
  /// Not durable: what comes back is removed by the next begin(), and so is what cannot be removed now.
  void remove(std::uint64_t number);

 private:
  std::unique_ptr<Storage> folder_;
  std::uint64_t last_number_ = 0;
};

}  // namespace gauntlet::recovery
