// What the ordeals write into a journal, and what they read out of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtimes/recovery/journal/journal.hpp"
#include "runtimes/recovery/journal/payload_reference.hpp"

namespace gauntlet {

/// A payload of the oracle, whole or in a file of its own, or that all before one are given up: what stands for the
/// completion of a request, behind which nobody needs its body.
enum class TestRecord : std::uint8_t { whole = 1, by_reference, given_up };

/// `payload` outlives it. `large_from`: bytes from which it is kept in a file of its own; 0: never.
recovery::Record record_of(const std::string& payload, std::size_t large_from);
recovery::Record record_of_giving_up(const std::string& first_kept);

/// That a record names, as a ReferringJournal gave it back.
std::optional<std::uint64_t> file_named_by(const recovery::Record& record);

/// As a program that keeps large payloads by reference reads its journal.
class RecordReading {
 public:
  /// To be given each record, and then asked the check.
  void visit(const recovery::Record& record);
  /// Reads the payloads in files that are still needed. A fault may be in the folder.
  recovery::JournalResult<void> check(recovery::Storage& folder);

  /// In the order of the journal, behind the check.
  std::vector<std::string> payloads;
  /// Numbers of the files that are needed, by those of their records.
  std::map<std::uint64_t, std::uint64_t> files;
  std::uint64_t last_file = 0;

 private:
  struct Found {
    std::uint64_t number = 0;
    std::string payload;
    std::optional<recovery::PayloadReference> reference;
  };
  std::vector<Found> found_;
  std::uint64_t given_up_before_ = 0;
};

/// What payloads of the oracle begin with.
std::uint64_t number_of(std::string_view payload);

}  // namespace gauntlet
