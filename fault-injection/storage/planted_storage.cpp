#include "fault-injection/storage/planted_storage.hpp"

#include <utility>

#include "runtimes/recovery/journal/payload_files.hpp"

namespace gauntlet {

namespace {

using recovery::OpenFor;
using recovery::Storage;
using recovery::StorageFile;
using recovery::StorageLock;

class PlantedFile final : public StorageFile {
 public:
  PlantedFile(PlantedBug bug, std::unique_ptr<StorageFile> under, std::shared_ptr<const bool> visible, bool is_payload)
      : bug_(bug), under_(std::move(under)), visible_(std::move(visible)), is_payload_(is_payload) {}

  Result<std::uint64_t> size() override { return under_->size(); }
  Result<std::size_t> read(std::span<std::byte> into, std::uint64_t offset) override {
    return under_->read(into, offset);
  }
  Result<std::size_t> write(std::span<const iovec> pieces, std::uint64_t offset) override {
    if (std::exchange(owes_sync_, false)) {
      if (Result<void> synced = under_->sync_data(); !synced) return std::unexpected(synced.error());
    }
    Result<std::size_t> written = under_->write(pieces, offset);
    if (bug_ == PlantedBug::short_write_ignored && written) {
      *written = 0;
      for (const iovec& piece : pieces) *written += piece.iov_len;
    }
    return written;
  }
  Result<void> allocate(std::uint64_t bytes) override { return under_->allocate(bytes); }
  Result<void> sync_data() override {
    if (bug_ == PlantedBug::payload_not_synced && is_payload_) return {};
    if (bug_ == PlantedBug::no_sync || (bug_ == PlantedBug::visible_before_sync && !*visible_)) return {};
    if (bug_ == PlantedBug::late_sync) {
      owes_sync_ = true;
      return {};
    }
    Result<void> synced = under_->sync_data();
    if (!synced && bug_ == PlantedBug::sync_retried) return under_->sync_data();
    if (!synced && bug_ == PlantedBug::sync_error_ignored) return {};
    return synced;
  }

 private:
  const PlantedBug bug_;
  const std::unique_ptr<StorageFile> under_;
  const std::shared_ptr<const bool> visible_;
  const bool is_payload_;
  bool owes_sync_ = false;
};

class PlantedStorage final : public Storage {
 public:
  PlantedStorage(PlantedBug bug, std::unique_ptr<Storage> under) : bug_(bug), under_(std::move(under)) {}

  Result<std::vector<std::string>> list() override { return under_->list(); }
  Result<std::unique_ptr<StorageFile>> open(const std::string& name, OpenFor purpose) override {
    Result<std::unique_ptr<StorageFile>> file = under_->open(name, purpose);
    if (!file) return file;
    // A file becomes visible when it is renamed; the one that is to be is the one that was opened last.
    last_opened_ = std::make_shared<bool>(false);
    last_is_payload_ = recovery::payload_number(name) != 0;
    return std::make_unique<PlantedFile>(bug_, std::move(*file), last_opened_, last_is_payload_);
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    if (last_opened_) *last_opened_ = true;
    return under_->rename(from, to);
  }
  Result<void> remove(const std::string& name) override { return under_->remove(name); }
  Result<void> sync_directory() override {
    if (bug_ == PlantedBug::no_directory_sync) return {};
    if (bug_ == PlantedBug::payload_name_not_synced && last_is_payload_) return {};
    return under_->sync_directory();
  }
  Result<std::unique_ptr<StorageLock>> lock() override { return under_->lock(); }
  std::string location() const override { return under_->location(); }

 private:
  const PlantedBug bug_;
  const std::unique_ptr<Storage> under_;
  std::shared_ptr<bool> last_opened_;
  bool last_is_payload_ = false;
};

}  // namespace

std::unique_ptr<Storage> plant(PlantedBug bug, std::unique_ptr<Storage> under) {
  if (bug == PlantedBug::none) return under;
  return std::make_unique<PlantedStorage>(bug, std::move(under));
}

}  // namespace gauntlet
