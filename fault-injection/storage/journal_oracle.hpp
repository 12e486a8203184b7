// What a journal may say after a crash, held against what was asked of it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gauntlet {

/// Records are told apart by numbers that count up from 1 in the order in which they are attempted; the number and a
/// fixed pseudo-random rest are the payload. What is recovered must be: everything acknowledged and not given up,
/// nothing that was not attempted, every payload as it was, in the order of the attempts.
class JournalOracle {
 public:
  /// The payload of the next record, which is attempted from here on.
  std::string attempt();
  std::uint64_t last_attempted() const { return attempted_.size(); }
  /// The journal says that this record is durable.
  void acknowledge(std::uint64_t number) { acknowledged_.push_back(number); }
  std::uint64_t last_acknowledged() const { return acknowledged_.empty() ? 0 : acknowledged_.back(); }
  std::size_t acknowledged() const { return acknowledged_.size(); }
  /// The journal may forget what comes before this record.
  void give_up_before(std::uint64_t number) { kept_from_ = std::max(kept_from_, number); }

  /// The first breach, in one sentence; none: all is well.
  std::optional<std::string> breach(const std::vector<std::string>& recovered) const;

  static std::string payload_of(std::uint64_t number);

 private:
  std::vector<std::string> attempted_;  ///< payloads, by their numbers
  std::uint64_t kept_from_ = 0;
  std::vector<std::uint64_t> acknowledged_;  ///< ascending
};

}  // namespace gauntlet
