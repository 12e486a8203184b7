// The module that a journal in LevelDB is kept with; store_module.hpp loads it.
#include <leveldb/db.h>
#include <leveldb/write_batch.h>

#include "runtimes/recovery/journal/store_module.hpp"

namespace gauntlet::recovery {

namespace {

leveldb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view view(const leveldb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

std::unexpected<StoreError> failure(const leveldb::Status& status) {
  return std::unexpected(StoreError{.corrupt = status.IsCorruption(), .text = status.ToString()});
}

class LevelDbStore final : public KeyValueStore {
 public:
  explicit LevelDbStore(leveldb::DB* database) : database_(database) {}

  StoreResult<void> write(std::span<const Change> changes, bool durable) override {
    leveldb::WriteBatch batch;
    for (const Change& change : changes) {
      if (change.removes) {
        batch.Delete(slice(change.key));
      } else {
        batch.Put(slice(change.key), slice(change.value));
      }
    }
    leveldb::WriteOptions options;
    options.sync = durable;
    const leveldb::Status status = database_->Write(options, &batch);
    if (!status.ok()) return failure(status);
    return {};
  }

  StoreResult<void> visit(const Visitor& visitor) override {
    leveldb::ReadOptions options;
    options.verify_checksums = true;
    options.fill_cache = false;
    const std::unique_ptr<leveldb::Iterator> each(database_->NewIterator(options));
    for (each->SeekToFirst(); each->Valid(); each->Next()) visitor(view(each->key()), view(each->value()));
    if (!each->status().ok()) return failure(each->status());
    return {};
  }

 private:
  const std::unique_ptr<leveldb::DB> database_;
};

}  // namespace

}  // namespace gauntlet::recovery

void gauntlet_open_store(const char* path, gauntlet::recovery::OpenedStore* opened) {
  leveldb::Options options;
  options.create_if_missing = true;
  // Otherwise it leaves out what it cannot read, and says so in its log only.
  options.paranoid_checks = true;
  options.compression = leveldb::kNoCompression;
  leveldb::DB* database = nullptr;
  const leveldb::Status status = leveldb::DB::Open(options, path, &database);
  if (status.ok()) {
    *opened = std::make_unique<gauntlet::recovery::LevelDbStore>(database);
  } else {
    *opened = gauntlet::recovery::failure(status);
  }
}
