// CRC-32C (Castagnoli), RFC 3720 appendix B.4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace gauntlet::recovery {

/// With the processor's instruction where it has one, else with Boost's table.
std::uint32_t crc32c(std::span<const std::byte> bytes) noexcept;
/// The table alone, for comparison.
std::uint32_t crc32c_by_table(std::span<const std::byte> bytes) noexcept;

}  // namespace gauntlet::recovery
