#include "harness/measure/histogram_codec.hpp"

#include <zlib.h>

#include <bit>
#include <cassert>
#include <cstdint>
#include <limits>
#include <optional>

#include "harness/measure/base64.hpp"

namespace gauntlet {
namespace {

// The second hexadecimal digit from the right is the word size of the counts: 1 for ZigZag LEB128.
constexpr std::uint32_t kPlainCookie = 0x1c849313;
constexpr std::uint32_t kCompressedCookie = 0x1c849314;
constexpr std::uint32_t kWordSizeBits = 0xf0;
constexpr std::size_t kPlainHeaderSize = 40;
constexpr std::size_t kCompressedHeaderSize = 8;
constexpr int kMaxNumberSize = 9;

template <typename T>
void append_big_endian(std::string& out, T value) {
  const auto bits = static_cast<std::uint64_t>(value);
  for (std::size_t byte = sizeof(T); byte-- > 0;) out += static_cast<char>(bits >> (8 * byte) & 0xff);
}

template <typename T>
T read_big_endian(std::string_view bytes, std::size_t offset) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value = value << 8 | static_cast<unsigned char>(bytes[offset + i]);
  return static_cast<T>(value);
}

// ZigZag LEB128-64b9B: seven bits a byte, except that a ninth byte holds eight and is always the last.
void append_number(std::string& out, std::int64_t value) {
  auto bits = static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
  for (int byte = 1; byte < kMaxNumberSize && bits > 0x7f; ++byte) {
    out += static_cast<char>((bits & 0x7f) | 0x80);
    bits >>= 7;
  }
  out += static_cast<char>(bits);
}

std::optional<std::int64_t> take_number(std::string_view& bytes) {
  std::uint64_t bits = 0;
  for (int byte = 0; byte < kMaxNumberSize; ++byte) {
    if (static_cast<std::size_t>(byte) >= bytes.size()) return std::nullopt;
    const auto octet = static_cast<unsigned char>(bytes[static_cast<std::size_t>(byte)]);
    const bool last = byte == kMaxNumberSize - 1 || (octet & 0x80) == 0;
    const std::uint64_t payload = byte == kMaxNumberSize - 1 ? octet : octet & 0x7f;
    bits |= payload << (7 * byte);
    if (last) {
      bytes.remove_prefix(static_cast<std::size_t>(byte) + 1);
      break;
    }
  }
  return static_cast<std::int64_t>(bits >> 1) ^ -static_cast<std::int64_t>(bits & 1);
}

std::expected<Histogram, std::string> decode_header(std::string_view bytes) {
  if (bytes.size() < kPlainHeaderSize) return std::unexpected("histogram: shorter than its header");
  const auto cookie = read_big_endian<std::uint32_t>(bytes, 0);
  if ((cookie & ~kWordSizeBits) != (kPlainCookie & ~kWordSizeBits)) {
    return std::unexpected("histogram: not in HdrHistogram V2 encoding");
  }
  // The normalizing index offset at byte 8 tells where the writer kept its buckets in memory; the counts that follow
  // are in order of value whatever it is (HdrHistogram, AbstractHistogram.fillBufferFromCountsArray).
  HistogramLayout layout;
  layout.significant_digits = read_big_endian<std::int32_t>(bytes, 12);
  layout.lowest_discernible = read_big_endian<std::int64_t>(bytes, 16);
  layout.highest_trackable = read_big_endian<std::int64_t>(bytes, 24);
  if (const std::string why = why_invalid(layout); !why.empty()) return std::unexpected("histogram: " + why);
  return Histogram(layout);
}

std::expected<void, std::string> decode_counts(std::string_view payload, Histogram& histogram) {
  std::size_t index = 0;
  while (!payload.empty()) {
    const auto number = take_number(payload);
    if (!number) return std::unexpected("histogram: ends within a count");
    const std::size_t left = histogram.counts().size() - index;
    if (*number < 0) {
      const std::uint64_t zeros = std::uint64_t{0} - static_cast<std::uint64_t>(*number);
      if (zeros > left) return std::unexpected("histogram: more empty buckets than its layout has");
      index += static_cast<std::size_t>(zeros);
      continue;
    }
    if (left == 0) return std::unexpected("histogram: more counts than its layout has buckets");
    if (*number > std::numeric_limits<std::int64_t>::max() - histogram.count()) {
      return std::unexpected("histogram: the counts add up to more than 64 bits hold");
    }
    histogram.add_at(index++, *number);
  }
  return {};
}

std::string deflate_bytes(std::string_view bytes) {
  uLongf size = compressBound(bytes.size());
  std::string out(size, '\0');
  [[maybe_unused]] const int result =
      compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(),
                Z_BEST_COMPRESSION);
  assert(result == Z_OK && "compressBound() bytes are always enough");
  out.resize(size);
  return out;
}

// A few compressed bytes can claim to be gigabytes: the header is inflated first, and bounds what follows it.
class Inflater {
 public:
  explicit Inflater(std::string_view compressed) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
    stream_.avail_in = static_cast<uInt>(compressed.size());
    usable_ = inflateInit(&stream_) == Z_OK;
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  bool append_exactly(std::string& out, std::size_t size) {
    const std::size_t before = out.size();
    out.resize(before + size);
    stream_.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream_.avail_out = static_cast<uInt>(size);
    while (usable_ && stream_.avail_out > 0) {
      const int result = inflate(&stream_, Z_NO_FLUSH);
      ended_ = result == Z_STREAM_END;
      if (result != Z_OK) break;
    }
    return stream_.avail_out == 0;
  }

  /// True when nothing but a correct checksum follows.
  bool at_end() {
    Bytef excess = 0;
    stream_.next_out = &excess;
    stream_.avail_out = 1;
    if (usable_ && !ended_) ended_ = inflate(&stream_, Z_NO_FLUSH) == Z_STREAM_END;
    return ended_ && stream_.avail_out == 1;
  }

 private:
  z_stream stream_{};
  bool usable_ = false;
  bool ended_ = false;
};

}  // namespace

std::string encode_v2(const Histogram& histogram) {
  std::size_t used = histogram.counts().size();
  while (used > 1 && histogram.counts()[used - 1] == 0) --used;
  std::string payload;
  for (std::size_t index = 0; index < used;) {
    if (histogram.counts()[index] != 0) {
      append_number(payload, histogram.counts()[index++]);
      continue;
    }
    std::int64_t zeros = 0;
    for (; index < used && histogram.counts()[index] == 0; ++index) ++zeros;
    append_number(payload, -zeros);
  }

  std::string out;
  append_big_endian(out, kPlainCookie);
  append_big_endian(out, static_cast<std::uint32_t>(payload.size()));
  append_big_endian(out, std::int32_t{0});  // normalizing index offset
  append_big_endian(out, std::int32_t{histogram.layout().significant_digits});
  append_big_endian(out, histogram.layout().lowest_discernible);
  append_big_endian(out, histogram.layout().highest_trackable);
  append_big_endian(out, std::bit_cast<std::uint64_t>(1.0));  // ratio of integer to floating-point values
  return out + payload;
}

std::expected<Histogram, std::string> decode_v2(std::string_view bytes) {
  auto histogram = decode_header(bytes);
  if (!histogram) return histogram;
  const std::string_view payload = bytes.substr(kPlainHeaderSize);
  if (payload.size() != read_big_endian<std::uint32_t>(bytes, 4)) {
    return std::unexpected("histogram: its length is not the one that its header states");
  }
  if (auto counted = decode_counts(payload, *histogram); !counted) return std::unexpected(counted.error());
  return histogram;
}

std::string encode_compressed(const Histogram& histogram) {
  const std::string compressed = deflate_bytes(encode_v2(histogram));
  std::string out;
  append_big_endian(out, kCompressedCookie);
  append_big_endian(out, static_cast<std::uint32_t>(compressed.size()));
  return encode_base64(out + compressed);
}

std::expected<Histogram, std::string> decode_compressed(std::string_view base64) {
  const auto bytes = decode_base64(base64);
  if (!bytes) return std::unexpected("histogram: not base64");
  if (bytes->size() < kCompressedHeaderSize) return std::unexpected("histogram: shorter than its header");
  const auto cookie = read_big_endian<std::uint32_t>(*bytes, 0);
  if ((cookie & ~kWordSizeBits) != (kCompressedCookie & ~kWordSizeBits)) {
    return std::unexpected("histogram: not in compressed HdrHistogram V2 encoding");
  }
  const auto compressed = std::string_view(*bytes).substr(kCompressedHeaderSize);
  if (compressed.size() != read_big_endian<std::uint32_t>(*bytes, 4)) {
    return std::unexpected("histogram: its compressed length is not the one that its header states");
  }

  Inflater inflater(compressed);
  std::string plain;
  if (!inflater.append_exactly(plain, kPlainHeaderSize)) return std::unexpected("histogram: broken compression");
  const auto empty = decode_header(plain);
  if (!empty) return empty;
  const auto payload_size = read_big_endian<std::uint32_t>(plain, 4);
  if (payload_size > empty->counts().size() * kMaxNumberSize) {
    return std::unexpected("histogram: more counts than its layout has buckets");
  }
  if (!inflater.append_exactly(plain, payload_size) || !inflater.at_end()) {
    return std::unexpected("histogram: broken compression");
  }
  return decode_v2(plain);
}

}  // namespace gauntlet
