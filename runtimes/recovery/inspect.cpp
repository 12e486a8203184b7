#include "runtimes/recovery/inspect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "runtimes/recovery/journal/segment_journal.hpp"
#include "runtimes/recovery/storage/posix_storage.hpp"

namespace gauntlet::recovery {

namespace {

JournalResult<std::unique_ptr<PosixStorage>> folder(const std::filesystem::path& path) {
  auto storage = PosixStorage::open_folder(path, Folder::must_exist);
  if (!storage) {
    return std::unexpected(
        JournalError{.kind = JournalError::Kind::storage,
                     .code = storage.error(),
                     .text = fmt::format("there is no journal in {}: {}", path.string(), storage.error().message())});
  }
  return std::move(*storage);
}

/// Whatever the segments are large: a journal is only looked at, or gets one record more.
SegmentOptions options_for(const JournalScan& scan) {
  SegmentOptions options;
  if (!scan.segments.empty()) options.segment_bytes = scan.segments.back().file_bytes;
  return options;
}

}  // namespace

JournalResult<JournalPicture> read_journal(const std::filesystem::path& path) {
  auto storage = folder(path);
  if (!storage) return std::unexpected(storage.error());
  JournalPicture picture{.scan = {}, .ledger = std::make_unique<RequestLedger>()};
  std::uint64_t senseless = 0;
  auto scan = scan_journal(**storage, &crc32c, [&](const Record& record) {
    if (!picture.ledger->apply(record) && senseless == 0) senseless = record.sequence;
  });
  if (!scan) return std::unexpected(scan.error());
  if (senseless != 0) {
    return std::unexpected(JournalError{
        .kind = JournalError::Kind::corrupt,
        .code = {},
        .text = fmt::format("record {} of the journal in {} is whole but makes no sense to this program; use the "
                            "program that wrote it",
                            senseless, path.string())});
  }
  picture.scan = std::move(*scan);
  return picture;
}

JournalResult<bool> revive(const std::filesystem::path& path, std::uint64_t id) {
  const auto picture = read_journal(path);
  if (!picture) return std::unexpected(picture.error());
  const auto dead = picture->ledger->dead_letters();
  if (std::ranges::none_of(dead, [id](const DeadLetter& letter) { return letter.request.id == id; })) return false;
  auto storage = folder(path);
  if (!storage) return std::unexpected(storage.error());
  auto journal = SegmentJournal::open(std::move(*storage), options_for(picture->scan), [](const Record&) {});
  if (!journal) return std::unexpected(journal.error());
  const std::string payload = encode(StoredNote{.id = id, .attempt = 0, .reason = {}});
  std::array<Record, 1> record{{{.type = static_cast<std::uint8_t>(RecordType::revived), .payload = payload}}};
  if (auto appended = (*journal)->append(record); !appended) return std::unexpected(appended.error());
  return true;
}

}  // namespace gauntlet::recovery
