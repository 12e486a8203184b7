#include "runtimes/recovery/journal/payload_reference.hpp"

#include <cstring>

namespace gauntlet::recovery {

namespace {

constexpr std::size_t bytes_at = sizeof(std::uint64_t);
constexpr std::size_t checksum_at = 2 * sizeof(std::uint64_t);
static_assert(checksum_at + sizeof(std::uint32_t) == payload_reference_bytes);

}  // namespace

std::string encode(const PayloadReference& reference) {
  std::string encoded(payload_reference_bytes, '\0');
  std::memcpy(encoded.data(), &reference.number, sizeof reference.number);
  std::memcpy(encoded.data() + bytes_at, &reference.bytes, sizeof reference.bytes);
  std::memcpy(encoded.data() + checksum_at, &reference.checksum, sizeof reference.checksum);
  return encoded;
}

std::optional<PayloadReference> decode_payload_reference(std::string_view bytes) {
  if (bytes.size() != payload_reference_bytes) return std::nullopt;
  PayloadReference reference;
  std::memcpy(&reference.number, bytes.data(), sizeof reference.number);
  std::memcpy(&reference.bytes, bytes.data() + bytes_at, sizeof reference.bytes);
  std::memcpy(&reference.checksum, bytes.data() + checksum_at, sizeof reference.checksum);
  if (reference.number == 0) return std::nullopt;
  return reference;
}

}  // namespace gauntlet::recovery
