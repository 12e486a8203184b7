// What a record says of a payload that is kept in a file of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gauntlet::recovery {

struct PayloadReference {
  std::uint64_t number = 0;    ///< of the file
  std::uint64_t bytes = 0;     ///< its length
  std::uint32_t checksum = 0;  ///< CRC-32C of all of it
};

inline constexpr std::size_t payload_reference_bytes = 20;

std::string encode(const PayloadReference& reference);
/// None: the bytes are not what encode() gives. Any bytes may be given.
std::optional<PayloadReference> decode_payload_reference(std::string_view bytes);

}  // namespace gauntlet::recovery
