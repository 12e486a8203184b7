#include "fault-injection/storage/journal_oracle.hpp"

#include <algorithm>

#include "fault-injection/storage/test_records.hpp"

namespace gauntlet {

std::string JournalOracle::payload_of(std::uint64_t number) {
  std::uint64_t state = number * 0x9e3779b97f4a7c15;
  std::string payload = std::to_string(number) + ":";
  // Of very different sizes, so that records begin and end at all places of a block.
  const std::uint64_t size = (state >> 40) % 8 == 0 ? (state >> 20) % 700 : (state >> 20) % 60;
  for (std::uint64_t i = 0; i < size; ++i) {
    state = state * 6364136223846793005 + 1442695040888963407;
    payload.push_back(static_cast<char>(state >> 56));
  }
  return payload;
}

std::string JournalOracle::attempt() {
  attempted_.push_back(payload_of(attempted_.size() + 1));
  return attempted_.back();
}

std::optional<std::string> JournalOracle::breach(const std::vector<std::string>& recovered) const {
  std::uint64_t before = 0;
  auto owed = std::ranges::lower_bound(acknowledged_, kept_from_);
  for (const std::string& payload : recovered) {
    const std::uint64_t number = number_of(payload);
    if (number == 0 || number > attempted_.size() || payload != attempted_[number - 1]) {
      return "a record was recovered that was never attempted, or not as it was";
    }
    if (number <= before) return "record " + std::to_string(number) + " was recovered behind a later one";
    before = number;
    if (owed != acknowledged_.end() && *owed < number && number >= kept_from_) break;
    if (owed != acknowledged_.end() && *owed == number) ++owed;
  }
  if (owed != acknowledged_.end()) return "acknowledged record " + std::to_string(*owed) + " was not recovered";
  return std::nullopt;
}

}  // namespace gauntlet
