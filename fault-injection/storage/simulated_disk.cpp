#include "fault-injection/storage/simulated_disk.hpp"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

namespace gauntlet {

using recovery::OpenFor;
using recovery::Storage;
using recovery::StorageFile;
using recovery::StorageLock;

class SimulatedFile final : public StorageFile {
 public:
  SimulatedFile(SimulatedDisk& disk, std::shared_ptr<SimulatedDisk::File> file, StorageFaults* faults)
      : disk_(disk), file_(std::move(file)), faults_(faults) {}

  Result<std::uint64_t> size() override {
    if (const int error = next(StorageCall::size)) return errno_error(-error);
    return file_->cache.size();
  }

  Result<std::size_t> read(std::span<std::byte> into, std::uint64_t offset) override {
    if (const int error = next(StorageCall::read)) return errno_error(-error);
    if (offset >= file_->cache.size()) return std::size_t{0};
    const std::size_t count = std::min(into.size(), file_->cache.size() - offset);
    if (count > 0) std::memcpy(into.data(), file_->cache.data() + offset, count);
    return count;
  }

  Result<std::size_t> write(std::span<const iovec> pieces, std::uint64_t offset) override {
    if (const int error = next(StorageCall::write)) return errno_error(-error);
    std::string bytes;
    for (const iovec& piece : pieces) bytes.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
    if (faults_ != nullptr && faults_->short_writes && bytes.size() > 1) {
      ++faults_->fired;
      bytes.resize(bytes.size() / 2);
    }
    const std::uint64_t end = offset + bytes.size();
    if (end > std::max<std::uint64_t>(file_->allocated, file_->cache.size())) {
      const std::uint64_t more = end - std::max<std::uint64_t>(file_->allocated, file_->cache.size());
      if (disk_.used() + more > disk_.options_.capacity_bytes) return errno_error(-ENOSPC);
    }
    if (end > file_->cache.size()) file_->cache.resize(end, '\0');
    file_->cache.replace(offset, bytes.size(), bytes);
    const std::size_t block = disk_.options_.block_bytes;
    for (std::uint64_t at = offset / block * block; at < end; at += block) {
      disk_.pending_.push_back(
          {.file = file_, .offset = at, .block = file_->cache.substr(at, block), .name = {}, .removed = {}});
    }
    disk_.changed();
    return bytes.size();
  }

  Result<void> allocate(std::uint64_t bytes) override {
    if (const int error = next(StorageCall::allocate)) return errno_error(-error);
    const std::uint64_t has = std::max<std::uint64_t>(file_->allocated, file_->cache.size());
    if (bytes > has && disk_.used() + bytes - has > disk_.options_.capacity_bytes) return errno_error(-ENOSPC);
    file_->allocated = std::max(file_->allocated, bytes);
    if (file_->cache.size() < bytes) file_->cache.resize(bytes, '\0');
    return {};
  }

  Result<void> sync_data() override {
    const int error = next(StorageCall::sync_data);
    std::erase_if(disk_.pending_, [&](const SimulatedDisk::Unit& unit) {
      if (unit.file != file_ || !unit.name.empty()) return false;
      if (error == 0) SimulatedDisk::reach_disk(unit, *file_);
      return true;
    });
    if (error == 0) file_->disk.resize(std::max(file_->disk.size(), file_->cache.size()), '\0');
    disk_.changed();
    if (error != 0) return errno_error(-error);
    return {};
  }

 private:
  int next(StorageCall call) { return faults_ == nullptr ? 0 : faults_->next(call); }

  SimulatedDisk& disk_;
  const std::shared_ptr<SimulatedDisk::File> file_;
  StorageFaults* const faults_;
};

namespace {

class SimulatedLock final : public StorageLock {
 public:
  explicit SimulatedLock(bool& locked) : locked_(locked) { locked_ = true; }
  ~SimulatedLock() override { locked_ = false; }

 private:
  bool& locked_;
};

}  // namespace

class SimulatedStorage final : public Storage {
 public:
  SimulatedStorage(SimulatedDisk& disk, StorageFaults* faults) : disk_(disk), faults_(faults) {}

  Result<std::vector<std::string>> list() override {
    if (const int error = next(StorageCall::list)) return errno_error(-error);
    return disk_.names();
  }

  Result<std::unique_ptr<StorageFile>> open(const std::string& name, OpenFor purpose) override {
    if (const int error = next(StorageCall::open)) return errno_error(-error);
    const auto found = disk_.in_cache_.find(name);
    const bool exists = found != disk_.in_cache_.end();
    if (purpose != OpenFor::creating) {
      if (!exists) return errno_error(-ENOENT);
      const auto file = purpose == OpenFor::reading ? found->second : disk_.own(found->second);
      return std::make_unique<SimulatedFile>(disk_, file, faults_);
    }
    if (exists) return errno_error(-EEXIST);
    auto file = std::make_shared<SimulatedDisk::File>();
    apply({.file = file, .block = {}, .name = name, .removed = {}});
    return std::make_unique<SimulatedFile>(disk_, std::move(file), faults_);
  }

  Result<void> rename(const std::string& from, const std::string& to) override {
    if (const int error = next(StorageCall::rename)) return errno_error(-error);
    const auto found = disk_.in_cache_.find(from);
    if (found == disk_.in_cache_.end()) return errno_error(-ENOENT);
    apply({.file = found->second, .block = {}, .name = to, .removed = from});
    return {};
  }

  Result<void> remove(const std::string& name) override {
    if (const int error = next(StorageCall::remove)) return errno_error(-error);
    if (!disk_.in_cache_.contains(name)) return errno_error(-ENOENT);
    apply({.file = nullptr, .block = {}, .name = {}, .removed = name});
    return {};
  }

  Result<void> sync_directory() override {
    if (const int error = next(StorageCall::sync_directory)) return errno_error(-error);
    std::erase_if(disk_.pending_, [this](const SimulatedDisk::Unit& unit) {
      if (unit.name.empty() && unit.removed.empty()) return false;
      SimulatedDisk::change(disk_.on_disk_, unit, unit.file);
      return true;
    });
    disk_.changed();
    return {};
  }

  Result<std::unique_ptr<StorageLock>> lock() override {
    if (const int error = next(StorageCall::lock)) return errno_error(-error);
    if (disk_.locked_) return errno_error(-EWOULDBLOCK);
    return std::make_unique<SimulatedLock>(disk_.locked_);
  }

  std::string location() const override { return "simulated"; }

 private:
  int next(StorageCall call) { return faults_ == nullptr ? 0 : faults_->next(call); }

  void apply(SimulatedDisk::Unit unit) {
    SimulatedDisk::change(disk_.in_cache_, unit, unit.file);
    disk_.pending_.push_back(std::move(unit));
    disk_.changed();
  }

  SimulatedDisk& disk_;
  StorageFaults* const faults_;
};

SimulatedDisk::SimulatedDisk() : SimulatedDisk(Options()) {}
SimulatedDisk::SimulatedDisk(const Options& options) : options_(options) {}

std::unique_ptr<Storage> SimulatedDisk::mount(StorageFaults* faults) {
  return std::make_unique<SimulatedStorage>(*this, faults);
}

void SimulatedDisk::reach_disk(const Unit& unit, File& file) {
  const std::uint64_t end = unit.offset + unit.block.size();
  if (file.disk.size() < end) file.disk.resize(end, '\0');
  file.disk.replace(unit.offset, unit.block.size(), unit.block);
}

void SimulatedDisk::change(Directory& directory, const Unit& unit, const std::shared_ptr<File>& file) {
  if (!unit.removed.empty()) directory.erase(unit.removed);
  if (!unit.name.empty()) directory[unit.name] = file;
}

SimulatedDisk SimulatedDisk::after_power_loss(const std::function<bool(std::size_t)>& reaches) const {
  std::map<const File*, std::shared_ptr<File>> copies;
  const auto copy_of = [&copies](const std::shared_ptr<File>& file) {
    std::shared_ptr<File>& copy = copies[file.get()];
    if (!copy) copy = std::make_shared<File>(File{.disk = file->disk, .cache = {}, .allocated = 0});
    return copy;
  };
  SimulatedDisk left(options_);
  const auto is_pending = [this](const std::shared_ptr<File>& file) {
    return std::ranges::any_of(pending_, [&file](const Unit& unit) { return unit.file == file; });
  };
  for (const auto& [name, file] : on_disk_) {
    const bool stands = file->disk == file->cache && !is_pending(file);
    left.on_disk_[name] = stands ? file : copy_of(file);
    if (stands) left.lent_.push_back(file.get());
  }
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    if (!reaches(i)) continue;
    const Unit& unit = pending_[i];
    if (unit.name.empty() && unit.removed.empty()) {
      reach_disk(unit, *copy_of(unit.file));
    } else {
      change(left.on_disk_, unit, unit.file ? copy_of(unit.file) : nullptr);
    }
  }
  for (const auto& [original, copy] : copies) copy->cache = copy->disk;
  left.in_cache_ = left.on_disk_;
  return left;
}

void SimulatedDisk::make_independent() {
  for (const auto& [name, file] : in_cache_) own(file);
}

std::shared_ptr<SimulatedDisk::File> SimulatedDisk::own(const std::shared_ptr<File>& file) {
  if (std::erase(lent_, file.get()) == 0) return file;
  const std::shared_ptr<File> lent = file;
  const auto copy = std::make_shared<File>(File{.disk = lent->disk, .cache = lent->cache, .allocated = 0});
  for (Directory* directory : {&on_disk_, &in_cache_}) {
    for (auto& [name, entry] : *directory) {
      if (entry == lent) entry = copy;
    }
  }
  return copy;
}

std::uint64_t SimulatedDisk::used() const {
  std::uint64_t bytes = 0;
  for (const auto& [name, file] : in_cache_) bytes += std::max<std::uint64_t>(file->allocated, file->cache.size());
  return bytes;
}

std::string* SimulatedDisk::contents(const std::string& name) {
  const auto found = in_cache_.find(name);
  return found == in_cache_.end() ? nullptr : &own(found->second)->cache;
}

std::vector<std::string> SimulatedDisk::names() const {
  std::vector<std::string> names;
  for (const auto& [name, file] : in_cache_) names.push_back(name);
  return names;
}

}  // namespace gauntlet
