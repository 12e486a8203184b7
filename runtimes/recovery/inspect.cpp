#include "runtimes/recovery/inspect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "runtimes/recovery/journal/journal_backend.hpp"
#include "runtimes/recovery/journal/payload_files.hpp"
#include "runtimes/recovery/storage/posix_storage.hpp"

namespace gauntlet::recovery {

namespace {

/// Whatever the segments are large: a journal is only looked at, or gets one record more.
JournalPlace place_of(const std::filesystem::path& path, const JournalPicture& picture) {
  JournalPlace place{.path = path, .backend = picture.backend};
  if (!picture.scan.segments.empty()) place.segment_bytes = picture.scan.segments.back().file_bytes;
  return place;
}

bool is_database(const std::string& backend) {
  return !backend.empty() && backend != segment_backend && backend != mmap_backend;
}

JournalResult<JournalScan> scan_segments(const std::filesystem::path& path, const RecordVisitor& visit) {
  const auto storage = PosixStorage::open_folder(path, Folder::must_exist);
  if (!storage) {
    return std::unexpected(
        JournalError{.kind = JournalError::Kind::storage,
                     .code = storage.error(),
                     .text = fmt::format("{} cannot be read: {}", path.string(), storage.error().message())});
  }
  return scan_journal(**storage, &crc32c, visit);
}

/// What it holds beside the records.
JournalResult<JournalScan> read_records(const std::filesystem::path& path, const JournalPicture& picture,
                                        const RecordVisitor& visit) {
  if (!is_database(picture.backend)) return scan_segments(path, visit);
  const auto journal = open_journal(place_of(path, picture), visit);
  if (!journal) return std::unexpected(journal.error());
  return JournalScan{};
}

}  // namespace

namespace {

JournalResult<JournalPicture> read_once(const std::filesystem::path& path) {
  JournalPicture picture{.backend = {}, .scan = {}, .ledger = std::make_unique<RequestLedger>()};
  auto backend = backend_of(path);
  if (!backend) return std::unexpected(backend.error());
  picture.backend = std::move(*backend);
  std::uint64_t senseless = 0;
  auto scan = read_records(path, picture, [&](const Record& record) {
    if (!picture.ledger->apply(record) && senseless == 0) senseless = record.sequence;
    if (picture.records++ == 0) picture.first_sequence = record.sequence;
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

JournalResult<void> check_bodies(const std::filesystem::path& path, const RequestLedger& ledger) {
  const auto folder = folder_of_journal(path);
  if (!folder) return std::unexpected(folder.error());
  for (const RequestLedger::BodyFile& body : ledger.body_files()) {
    if (auto read = read_payload(**folder, body.file); !read) return std::unexpected(read.error());
  }
  return {};
}

}  // namespace

JournalResult<JournalPicture> read_journal(const std::filesystem::path& path) {
  // A server may complete a request, and remove its body, between the two; not the same one again and again.
  constexpr int tries_max = 3;
  for (int tries = 1;; ++tries) {
    auto picture = read_once(path);
    if (!picture) return picture;
    auto checked = check_bodies(path, *picture->ledger);
    if (checked) return picture;
    if (tries == tries_max) return std::unexpected(checked.error());
  }
}

JournalResult<std::string> body_of(const std::filesystem::path& path, const StoredRequest& request) {
  if (!request.body_file) return request.body;
  const auto folder = folder_of_journal(path);
  if (!folder) return std::unexpected(folder.error());
  return read_payload(**folder, *request.body_file);
}

JournalResult<bool> revive(const std::filesystem::path& path, std::uint64_t id) {
  const auto picture = read_journal(path);
  if (!picture) return std::unexpected(picture.error());
  const auto dead = picture->ledger->dead_letters();
  if (std::ranges::none_of(dead, [id](const DeadLetter& letter) { return letter.request.id == id; })) return false;
  auto journal = open_journal(place_of(path, *picture), [](const Record&) {});
  if (!journal) return std::unexpected(journal.error());
  const std::string payload = encode(StoredNote{.id = id, .attempt = 0, .reason = {}});
  std::array<Record, 1> record{{{.type = static_cast<std::uint8_t>(RecordType::revived), .payload = payload}}};
  if (auto appended = (*journal)->append(record); !appended) return std::unexpected(appended.error());
  return true;
}

}  // namespace gauntlet::recovery
