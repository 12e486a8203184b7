// The HdrHistogram V2 encoding, which every implementation of HdrHistogram reads.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "harness/measure/histogram.hpp"

namespace gauntlet {

/// Bytes with the plain V2 header. Runs of empty buckets take one number.
std::string encode_v2(const Histogram& histogram);
/// The error says what is wrong with the bytes. Memory is bounded by the largest layout (about 50 MB), whatever is
/// given.
std::expected<Histogram, std::string> decode_v2(std::string_view bytes);

/// The V2 bytes in zlib in the compressed V2 header, as base64: the form that logs hold ("HISTFAAA...").
std::string encode_compressed(const Histogram& histogram);
std::expected<Histogram, std::string> decode_compressed(std::string_view base64);

}  // namespace gauntlet
