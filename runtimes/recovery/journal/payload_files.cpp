#include "runtimes/recovery/journal/payload_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>

#include "runtimes/failpoint/failpoint.hpp"
#include "runtimes/recovery/journal/crc32c.hpp"
#include "runtimes/recovery/journal/journal_lock.hpp"
#include "runtimes/recovery/journal/segment_scan.hpp"

namespace gauntlet::recovery {

namespace {

constexpr std::string_view suffix = ".payload";
constexpr std::size_t digits = 12;

std::uint32_t checksum_of(std::string_view payload) { return crc32c(std::as_bytes(std::span(payload))); }

std::unexpected<JournalError> damaged(const Storage& folder, const PayloadReference& reference, std::string what) {
  return std::unexpected(
      JournalError{.kind = JournalError::Kind::corrupt,
                   .code = {},
                   .text = fmt::format("{}/{}, which a record of the journal names, {}; no record was changed; {}",
                                       folder.location(), payload_name(reference.number), what, advice_on_damage)});
}

}  // namespace

std::string payload_name(std::uint64_t number) { return fmt::format("{:0{}}{}", number, digits, suffix); }

std::uint64_t payload_number(std::string_view name) {
  if (name.size() < digits + suffix.size() || !name.ends_with(suffix)) return 0;
  name.remove_suffix(suffix.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size() ? number : 0;
}

JournalResult<std::string> read_payload(Storage& folder, const PayloadReference& reference) {
  const std::string name = payload_name(reference.number);
  const auto file = folder.open(name, OpenFor::reading);
  if (!file && file.error() == std::errc::no_such_file_or_directory) return damaged(folder, reference, "is missing");
  if (!file) return std::unexpected(storage_error(folder, "opening " + name, file.error()));
  const Result<std::uint64_t> size = (*file)->size();
  if (!size) return std::unexpected(storage_error(folder, "looking at " + name, size.error()));
  if (*size != reference.bytes) {
    return damaged(folder, reference, fmt::format("has {} bytes in place of {}", *size, reference.bytes));
  }
  std::string payload(reference.bytes, '\0');
  const auto read = (*file)->read(std::as_writable_bytes(std::span(payload)), 0);
  if (!read) return std::unexpected(storage_error(folder, "reading " + name, read.error()));
  if (*read != payload.size() || checksum_of(payload) != reference.checksum) {
    return damaged(folder, reference, "has a wrong checksum (offset 0 to its end)");
  }
  return payload;
}

JournalResult<void> PayloadFiles::begin(std::vector<std::uint64_t> needed, std::uint64_t last_number) {
  const auto names = folder_->list();
  if (!names) return std::unexpected(storage_error(*folder_, "listing", names.error()));
  std::ranges::sort(needed);
  last_number_ = std::max(last_number, needed.empty() ? 0 : needed.back());
  for (const std::string& name : *names) {
    const std::uint64_t number = payload_number(name);
    last_number_ = std::max(last_number_, number);
    if (number != 0 && !std::ranges::binary_search(needed, number)) static_cast<void>(folder_->remove(name));
  }
  return {};
}

JournalResult<PayloadReference> PayloadFiles::write(std::string_view payload) {
  // A number whose file could not be made may turn up again after a crash.
  const PayloadReference reference{.number = ++last_number_, .bytes = payload.size(), .checksum = checksum_of(payload)};
  const std::string name = payload_name(reference.number);
  failpoint(Failpoint::payload_write);
  const auto file = folder_->open(name, OpenFor::creating);
  if (!file) return std::unexpected(storage_error(*folder_, "making " + name, file.error()));
  // A full disk shows here, before anything is written.
  Result<void> done = (*file)->allocate(payload.size());
  if (done) done = write_all(**file, std::as_bytes(std::span(payload)), 0);
  failpoint(Failpoint::payload_written);
  if (done) done = (*file)->sync_data();
  if (done) return reference;
  remove(reference.number);
  return std::unexpected(storage_error(*folder_, "writing " + name, done.error()));
}

JournalResult<void> PayloadFiles::sync_names() {
  if (const Result<void> synced = folder_->sync_directory(); !synced) {
    return std::unexpected(storage_error(*folder_, "making the name of a payload durable", synced.error()));
  }
  return {};
}

void PayloadFiles::remove(std::uint64_t number) { static_cast<void>(folder_->remove(payload_name(number))); }

}  // namespace gauntlet::recovery
