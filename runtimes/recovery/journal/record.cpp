#include "runtimes/recovery/journal/record.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

namespace gauntlet::recovery {

static_assert(std::endian::native == std::endian::little, "the format is little-endian, and is copied as it stands");

namespace {

struct Header {
  std::uint32_t checksum;  ///< of all that follows up to the end of the payload
  std::uint32_t payload_bytes;
  std::uint64_t sequence;
  std::uint64_t epoch;
  std::uint32_t batch_offset;
  std::uint32_t type;
};
static_assert(sizeof(Header) == record_header_bytes);

constexpr std::size_t unchecked_bytes = sizeof(Header::checksum);

}  // namespace

void encode_record(const Record& record, std::uint64_t epoch, std::uint64_t batch_first, Checksum checksum,
                   std::string& out) {
  assert(record.type != 0 && record.sequence >= batch_first);
  const std::size_t start = out.size();
  const std::size_t whole = record_header_bytes + record.payload.size();
  out.resize(start + record_bytes(record.payload.size()), '\0');
  Header header{.checksum = 0,
                .payload_bytes = static_cast<std::uint32_t>(record.payload.size()),
                .sequence = record.sequence,
                .epoch = epoch,
                .batch_offset = static_cast<std::uint32_t>(record.sequence - batch_first),
                .type = record.type};
  char* const at = out.data() + start;
  std::memcpy(at, &header, sizeof header);
  if (!record.payload.empty()) std::memcpy(at + sizeof header, record.payload.data(), record.payload.size());
  header.checksum = checksum(std::as_bytes(std::span(at, whole)).subspan(unchecked_bytes));
  std::memcpy(at, &header.checksum, sizeof header.checksum);
}

std::optional<DecodedRecord> decode_record(std::span<const std::byte> bytes, std::uint64_t epoch, Checksum checksum) {
  if (bytes.size() < record_header_bytes) return std::nullopt;
  Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.epoch != epoch || header.payload_bytes > bytes.size() - record_header_bytes) return std::nullopt;
  if (header.type == 0 || header.type > 0xff || header.batch_offset > header.sequence) return std::nullopt;
  const auto checked = bytes.subspan(unchecked_bytes, record_header_bytes - unchecked_bytes + header.payload_bytes);
  if (checksum(checked) != header.checksum) return std::nullopt;
  const auto payload = bytes.subspan(record_header_bytes, header.payload_bytes);
  return DecodedRecord{.record = {.sequence = header.sequence,
                                  .type = static_cast<std::uint8_t>(header.type),
                                  .payload = {reinterpret_cast<const char*>(payload.data()), payload.size()}},
                       .batch_first = header.sequence - header.batch_offset,
                       .bytes = std::min(record_bytes(header.payload_bytes), bytes.size())};
}

bool begins_record(std::span<const std::byte> bytes, std::uint64_t epoch) {
  Header header;
  if (bytes.size() < sizeof header) return false;
  std::memcpy(&header, bytes.data(), sizeof header);
  return header.epoch == epoch;
}

}  // namespace gauntlet::recovery
