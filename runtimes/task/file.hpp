// Files as a task uses them. Every awaited call yields a Result; nothing throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "runtimes/contract/error.hpp"
#include "runtimes/contract/file.hpp"
#include "runtimes/task/op_awaiter.hpp"

namespace gauntlet {

/// An open file. Any number of operations may be under way on it at once, from any tasks of its home worker (of any
/// worker where sockets migrate); they are in no order. Closes in the background when it goes out of scope and nothing
/// is under way on it any more.
///
/// Cancelling a task reaches an operation that no thread and no kernel has begun; one that has begun is waited for, and
/// its result dropped. Memory that is read into or written from must last that long.
class File {
 public:
  File() noexcept = default;
  explicit File(FileBase* record) noexcept : record_(record) {}
  File(File&& other) noexcept : record_(std::exchange(other.record_, nullptr)) {}
  File& operator=(File&& other) noexcept {
    if (this != &other) {
      if (record_ != nullptr) record_->let_go();
      record_ = std::exchange(other.record_, nullptr);
    }
    return *this;
  }
  ~File() {
    if (record_ != nullptr) record_->let_go();
  }

  bool is_open() const noexcept { return record_ != nullptr; }
  std::uint16_t home() const noexcept { return record_->home(); }
  FileBase& record() const noexcept { return *record_; }

  /// Yields the bytes done; fewer than asked for: the file ends there, or the file system took no more.
  class Transfer : public OpAwaiter<FileOp> {
   public:
    Transfer(FileBase& file, FileOp::Action what, std::uint64_t offset, std::span<std::byte> memory) noexcept
        : OpAwaiter(what, file, offset, memory) {
      file.hold();
    }
    ~Transfer() { op.file->let_go(); }
    Result<std::size_t> await_resume() const noexcept {
      if (op.result < 0) return errno_error(op.result);
      return static_cast<std::size_t>(op.result);
    }
  };
  /// The bytes from `offset` on, as many as there is memory for.
  Transfer read_at(std::uint64_t offset, std::span<std::byte> memory) noexcept {
    return Transfer(*record_, FileOp::Action::read, offset, memory);
  }
  Transfer write_at(std::uint64_t offset, std::span<const std::byte> bytes) noexcept {
    const std::span<std::byte> memory(const_cast<std::byte*>(bytes.data()), bytes.size());
    return Transfer(*record_, FileOp::Action::write, offset, memory);
  }
  Transfer write_at(std::uint64_t offset, std::string_view text) noexcept {
    return write_at(offset, std::as_bytes(std::span(text)));
  }

  class Sync : public OpAwaiter<FileOp> {
   public:
    Sync(FileBase& file, FileOp::Action what) noexcept : OpAwaiter(what, file) { file.hold(); }
    ~Sync() { op.file->let_go(); }
    Result<void> await_resume() const noexcept {
      if (op.result < 0) return errno_error(op.result);
      return {};
    }
  };
  /// What was written before is on the disk, and what the file system keeps about the file.
  Sync sync() noexcept { return Sync(*record_, FileOp::Action::sync); }
  /// The same without what is not needed to read the data back, such as the time of the last change.
  Sync sync_data() noexcept { return Sync(*record_, FileOp::Action::sync_data); }

  class Close : public OpAwaiter<FileOp> {
   public:
    explicit Close(FileBase& file) noexcept : OpAwaiter(FileOp::Action::close, file) {}
    Result<void> await_resume() const noexcept {
      if (op.result < 0) return errno_error(op.result);
      return {};
    }
  };
  /// Waits for what is under way on the file, then closes it. The handle is empty from the call on.
  Close close() noexcept { return Close(*std::exchange(record_, nullptr)); }

 private:
  FileBase* record_ = nullptr;
};

class OpenFile : public OpAwaiter<FileOp> {
 public:
  OpenFile(const char* path, int flags, unsigned permissions) noexcept : OpAwaiter(path, flags, permissions) {}
  ~OpenFile() {
    if (op.file != nullptr) op.file->let_go();
  }
  Result<File> await_resume() noexcept {
    if (op.result < 0) return errno_error(op.result);
    return File(std::exchange(op.file, nullptr));
  }
};

/// On the runtime of the calling worker, which is the file's home. `flags` and `permissions` as open(2) takes them;
/// O_CLOEXEC is added. `path` must last until it is open.
inline OpenFile open_file(const char* path, int flags, unsigned permissions = 0666) noexcept {
  return OpenFile(path, flags, permissions);
}

}  // namespace gauntlet
