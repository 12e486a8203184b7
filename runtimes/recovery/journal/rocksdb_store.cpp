// The module that a journal in RocksDB is kept with; store_module.hpp loads it.
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/write_batch.h>

#include <cstdarg>

#include "runtimes/recovery/journal/store_module.hpp"

namespace gauntlet::recovery {

namespace {

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view view(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

std::unexpected<StoreError> failure(const rocksdb::Status& status) {
  return std::unexpected(StoreError{.corrupt = status.IsCorruption(), .text = status.ToString()});
}

class RocksDbStore final : public KeyValueStore {
 public:
  explicit RocksDbStore(rocksdb::DB* database) : database_(database) {}

  StoreResult<void> write(std::span<const Change> changes, bool durable) override {
    rocksdb::WriteBatch batch;
    rocksdb::Status status;
    for (const Change& change : changes) {
      status = change.removes ? batch.Delete(slice(change.key)) : batch.Put(slice(change.key), slice(change.value));
      if (!status.ok()) return failure(status);
    }
    rocksdb::WriteOptions options;
    options.sync = durable;
    status = database_->Write(options, &batch);
    if (!status.ok()) return failure(status);
    return {};
  }

  StoreResult<void> visit(const Visitor& visitor) override {
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    options.fill_cache = false;
    const std::unique_ptr<rocksdb::Iterator> each(database_->NewIterator(options));
    for (each->SeekToFirst(); each->Valid(); each->Next()) visitor(view(each->key()), view(each->value()));
    if (!each->status().ok()) return failure(each->status());
    return {};
  }

 private:
  const std::unique_ptr<rocksdb::DB> database_;
};

/// Its own log file cannot be written on a full disk either, which Debian's build asserts. Errors come as Status.
class SilentLogger final : public rocksdb::Logger {
 public:
  using Logger::Logv;
  void Logv(const char*, std::va_list) override {}
};

rocksdb::Options options() {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.paranoid_checks = true;
  // The default cuts its log at the first record that it cannot read, whatever stands behind.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.compression = rocksdb::kNoCompression;
  options.info_log = std::make_shared<SilentLogger>();
  // No thread of it wakes up by itself.
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

}  // namespace

}  // namespace gauntlet::recovery

void gauntlet_open_store(const char* path, gauntlet::recovery::OpenedStore* opened) {
  rocksdb::DB* database = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(gauntlet::recovery::options(), path, &database);
  if (status.ok()) {
    *opened = std::make_unique<gauntlet::recovery::RocksDbStore>(database);
  } else {
    *opened = gauntlet::recovery::failure(status);
  }
}
