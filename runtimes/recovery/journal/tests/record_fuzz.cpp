// What a fuzzer asks of all that reads a journal: that any bytes may be given. The first byte of an input says what the
// rest is: a record, the header of a segment, a whole segment, or the payload of a record.
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "runtimes/recovery/journal/record.hpp"
#include "runtimes/recovery/journal/segment_header.hpp"
#include "runtimes/recovery/journal/segment_scan.hpp"
#include "runtimes/recovery/request_record.hpp"

namespace gauntlet::recovery {
namespace {

constexpr std::uint64_t fuzz_epoch = 0x1122334455667788;

/// So that a fuzzer, which cannot find a CRC, gets beyond it.
std::uint32_t no_checksum(std::span<const std::byte>) noexcept { return 0; }

/// Right in each record, but for one whose fifth byte is odd.
std::uint32_t lenient_checksum(std::span<const std::byte> bytes) noexcept {
  return bytes.empty() ? 0 : static_cast<std::uint32_t>(bytes[0]) & 1U;
}

class FileOfBytes final : public StorageFile {
 public:
  explicit FileOfBytes(std::span<const std::byte> bytes) : bytes_(bytes) {}
  Result<std::uint64_t> size() override { return bytes_.size(); }
  Result<std::size_t> read(std::span<std::byte> into, std::uint64_t offset) override {
    const auto rest = bytes_.subspan(offset);
    const std::size_t count = std::min(into.size(), rest.size());
    std::ranges::copy(rest.first(count), into.begin());
    return count;
  }
  Result<std::size_t> write(std::span<const iovec>, std::uint64_t) override { return refuse(); }
  Result<void> allocate(std::uint64_t) override { return refuse(); }
  Result<void> sync_data() override { return refuse(); }

 private:
  static std::unexpected<std::error_code> refuse() { return errno_error(-EROFS); }

  const std::span<const std::byte> bytes_;
};

/// A folder with two segments, cut out of the same bytes.
class FolderOfBytes final : public Storage {
 public:
  explicit FolderOfBytes(std::span<const std::byte> bytes)
      : files_{bytes.first(bytes.size() / 2), bytes.subspan(bytes.size() / 2)} {}
  Result<std::vector<std::string>> list() override { return std::vector{segment_name(1), segment_name(2)}; }
  Result<std::unique_ptr<StorageFile>> open(const std::string& name, OpenFor) override {
    return std::make_unique<FileOfBytes>(files_[segment_number(name) - 1]);
  }
  Result<void> rename(const std::string&, const std::string&) override { return refuse(); }
  Result<void> remove(const std::string&) override { return refuse(); }
  Result<void> sync_directory() override { return refuse(); }
  Result<std::unique_ptr<StorageLock>> lock() override { return refuse(); }
  std::string location() const override { return "bytes"; }

 private:
  static std::unexpected<std::error_code> refuse() { return errno_error(-EROFS); }

  const std::array<std::span<const std::byte>, 2> files_;
};

/// Reads every byte of it, so that a sanitizer sees one too many.
void touch(std::string_view text) {
  volatile char sum = 0;
  for (const char c : text) sum = static_cast<char>(sum ^ c);
}

void read_record(std::span<const std::byte> bytes) {
  for (const Checksum checksum : {&crc32c, &no_checksum}) {
    const auto found = decode_record(bytes, fuzz_epoch, checksum);
    if (!found) continue;
    assert(found->bytes <= bytes.size() && found->record.type != 0 && found->batch_first <= found->record.sequence);
    touch(found->record.payload);
  }
  static_cast<void>(begins_record(bytes, fuzz_epoch));
}

void read_payload(std::string_view bytes) {
  // What can be read is written as it was read.
  if (const auto request = decode_request(bytes)) assert(encode(*request) == bytes);
  if (const auto outcome = decode_outcome(bytes)) assert(encode(*outcome) == bytes);
  if (const auto note = decode_note(bytes)) assert(encode(*note) == bytes);
  if (const auto completion = decode_completion(bytes)) assert(encode(*completion) == bytes);
  if (const auto state = decode_state(bytes)) assert(encode(*state) == bytes);
  if (const auto reference = decode_payload_reference(bytes)) assert(encode(*reference) == bytes);
  if (const auto request = decode_request_by_reference(bytes)) assert(encode_by_reference(*request) == bytes);
}

/// Headers are made right where they are too wrong for the scan to go on.
void read_segments(std::span<const std::byte> bytes) {
  std::string whole(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::size_t half = whole.size() / 2;
  if (half >= segment_header_bytes) {
    const std::string first = encode_segment_header({.number = 1, .first_sequence = 1, .epoch = fuzz_epoch});
    const std::uint64_t taken_over = static_cast<unsigned char>(whole[half]);
    const std::string second = encode_segment_header({.number = 2, .first_sequence = taken_over, .epoch = fuzz_epoch});
    whole.replace(0, first.size(), first);
    whole.replace(half, second.size(), second);
  }
  FolderOfBytes folder(std::as_bytes(std::span(whole)));
  for (const Checksum checksum : {&crc32c, &lenient_checksum}) {
    std::uint64_t before = 0;
    static_cast<void>(scan_journal(folder, checksum, [&before](const Record& record) {
      assert(before == 0 || record.sequence == before + 1);
      before = record.sequence;
      touch(record.payload);
    }));
  }
}

}  // namespace
}  // namespace gauntlet::recovery

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gauntlet::recovery;
  if (size == 0) return 0;
  // Memory of exactly this size.
  const std::vector<std::byte> bytes(reinterpret_cast<const std::byte*>(data) + 1,
                                     reinterpret_cast<const std::byte*>(data) + size);
  switch (data[0] % 4) {
    case 0:
      read_record(bytes);
      break;
    case 1:
      static_cast<void>(decode_segment_header(bytes, "fuzz"));
      break;
    case 2:
      read_segments(bytes);
      break;
    default:
      read_payload({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  return 0;
}
