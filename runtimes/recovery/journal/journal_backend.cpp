#include "runtimes/recovery/journal/journal_backend.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "runtimes/recovery/journal/database_journal.hpp"
#include "runtimes/recovery/journal/journal_lock.hpp"
#include "runtimes/recovery/journal/segment_journal.hpp"
#include "runtimes/recovery/journal/store_module.hpp"
#include "runtimes/recovery/storage/posix_storage.hpp"

namespace gauntlet::recovery {

namespace {

using Kind = JournalError::Kind;
using OpenedJournal = JournalResult<std::unique_ptr<Journal>>;

constexpr std::string_view leveldb_backend = "leveldb";
constexpr std::string_view rocksdb_backend = "rocksdb";
constexpr std::array backends = {segment_backend, mmap_backend, leveldb_backend, rocksdb_backend};

JournalResult<std::unique_ptr<PosixStorage>> folder_at(const std::filesystem::path& path, Folder policy,
                                                       Access access) {
  auto storage = PosixStorage::open_folder(path, policy, access);
  if (storage) return std::move(*storage);
  const char* const sentence =
      policy == Folder::must_exist ? "there is no journal in {}: {}" : "journal_path {} cannot be used: {}; {}";
  return std::unexpected(JournalError{.kind = Kind::storage,
                                      .code = storage.error(),
                                      .text = fmt::format(fmt::runtime(sentence), path.string(),
                                                          storage.error().message(), advice_on(storage.error()))});
}

JournalResult<std::string> backend_in(Storage& storage) {
  const auto names = storage.list();
  if (!names) return std::unexpected(storage_error(storage, "listing", names.error()));
  const auto holds = [&names](std::string_view name) { return std::ranges::find(*names, name) != names->end(); };
  // Both databases begin with CURRENT; RocksDB makes IDENTITY before it.
  if (holds("CURRENT")) return std::string(holds("IDENTITY") ? rocksdb_backend : leveldb_backend);
  const auto segment = std::ranges::find_if(*names, [](const std::string& name) { return segment_number(name) != 0; });
  if (segment == names->end()) return std::string();
  const auto file = storage.open(*segment, OpenFor::reading);
  if (!file) return std::unexpected(storage_error(storage, "opening " + *segment, file.error()));
  std::vector<std::byte> bytes(segment_header_bytes);
  const auto read = (*file)->read(bytes, 0);
  if (!read) return std::unexpected(storage_error(storage, "reading " + *segment, read.error()));
  bytes.resize(*read);
  const auto header = decode_segment_header(bytes, storage.location() + "/" + *segment);
  if (!header) return std::unexpected(header.error());
  return std::string(header->backend);
}

template <typename Made>
OpenedJournal as_journal(JournalResult<std::unique_ptr<Made>> made) {
  if (!made) return std::unexpected(made.error());
  return std::move(*made);
}

}  // namespace

std::span<const std::string_view> journal_backends() { return backends; }

JournalResult<std::string> backend_of(const std::filesystem::path& folder) {
  const auto storage = folder_at(folder, Folder::must_exist, Access::calls);
  if (!storage) return std::unexpected(storage.error());
  return backend_in(**storage);
}

JournalResult<std::unique_ptr<Storage>> folder_of_journal(const std::filesystem::path& path) {
  return folder_at(path, Folder::must_exist, Access::calls);
}

OpenedJournal open_journal(const JournalPlace& place, const RecordVisitor& visit, const RecordsCheck& check) {
  if (std::ranges::find(backends, place.backend) == backends.end()) {
    return std::unexpected(JournalError{.kind = Kind::other_backend,
                                        .code = {},
                                        .text = fmt::format("there is no journal_backend '{}'; it may be {}",
                                                            place.backend, fmt::join(backends, ", "))});
  }
  auto storage =
      folder_at(place.path, Folder::may_be_made, place.backend == mmap_backend ? Access::mapped : Access::calls);
  if (!storage) return std::unexpected(storage.error());
  const auto found = backend_in(**storage);
  if (!found) return std::unexpected(found.error());
  if (!found->empty() && *found != place.backend) {
    return std::unexpected(JournalError{
        .kind = Kind::other_backend,
        .code = {},
        .text = fmt::format("{} holds a journal of the backend '{}', and journal_backend is '{}'; nothing was "
                            "changed; set journal_backend = \"{}\", or journal_path to another folder",
                            place.path.string(), *found, place.backend, *found)});
  }
  if (place.backend == leveldb_backend || place.backend == rocksdb_backend) {
    auto opener = load_store(place.backend);
    if (!opener) return std::unexpected(opener.error());
    return as_journal(DatabaseJournal::open(std::move(*storage), place.backend, std::move(*opener), visit, check));
  }
  SegmentOptions options;
  options.segment_bytes = place.segment_bytes;
  options.backend = place.backend == mmap_backend ? mmap_backend : segment_backend;
  return as_journal(SegmentJournal::open(std::move(*storage), options, visit, check));
}

}  // namespace gauntlet::recovery
