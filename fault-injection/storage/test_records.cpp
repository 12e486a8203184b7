#include "fault-injection/storage/test_records.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "runtimes/recovery/journal/payload_files.hpp"

namespace gauntlet {

using recovery::JournalResult;
using recovery::PayloadReference;
using recovery::Record;

namespace {

constexpr std::uint8_t as_byte(TestRecord type) { return static_cast<std::uint8_t>(type); }

/// Of a record whose payload ends with a reference: what stands before it, and the reference. The first byte of that
/// may be a digit too.
std::pair<std::string_view, std::string_view> split_at_reference(std::string_view payload) {
  const std::size_t before = payload.size() - std::min(payload.size(), recovery::payload_reference_bytes);
  return {payload.substr(0, before), payload.substr(before)};
}

std::optional<PayloadReference> reference_of(std::string_view payload) {
  return recovery::decode_payload_reference(split_at_reference(payload).second);
}

}  // namespace

std::uint64_t number_of(std::string_view payload) {
  std::uint64_t number = 0;
  std::from_chars(payload.data(), payload.data() + payload.size(), number);
  return number;
}

Record record_of(const std::string& payload, std::size_t large_from) {
  if (large_from == 0 || payload.size() < large_from) return {.type = as_byte(TestRecord::whole), .payload = payload};
  return {.type = as_byte(TestRecord::by_reference),
          .payload = std::string_view(payload).substr(0, payload.find(':')),
          .large_payload = payload};
}

Record record_of_giving_up(const std::string& first_kept) {
  return {.type = as_byte(TestRecord::given_up), .payload = first_kept};
}

std::optional<std::uint64_t> file_named_by(const Record& record) {
  if (record.type != as_byte(TestRecord::by_reference)) return std::nullopt;
  const auto reference = reference_of(record.payload);
  if (!reference) return std::nullopt;
  return reference->number;
}

void RecordReading::visit(const Record& record) {
  const std::string_view payload = record.payload;
  if (record.type == as_byte(TestRecord::given_up)) {
    given_up_before_ = std::max(given_up_before_, number_of(payload));
    return;
  }
  Found found{.number = number_of(payload), .payload = std::string(payload), .reference = std::nullopt};
  if (record.type == as_byte(TestRecord::by_reference)) {
    found.number = number_of(split_at_reference(payload).first);
    // Without one it stays what it is, which nobody attempted.
    found.reference = reference_of(payload);
  }
  found_.push_back(std::move(found));
}

JournalResult<void> RecordReading::check(recovery::Storage& folder) {
  for (Found& found : found_) {
    if (found.reference) {
      last_file = std::max(last_file, found.reference->number);
      if (found.number < given_up_before_) continue;
      auto payload = recovery::read_payload(folder, *found.reference);
      if (!payload) return std::unexpected(payload.error());
      files[found.number] = found.reference->number;
      found.payload = std::move(*payload);
    }
    payloads.push_back(std::move(found.payload));
  }
  return {};
}

}  // namespace gauntlet
