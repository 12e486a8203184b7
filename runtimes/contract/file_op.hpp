// Operations on files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "runtimes/contract/blocking_pool.hpp"
#include "runtimes/contract/op.hpp"

namespace gauntlet {

class FileBase;

/// Opens, reads, writes, syncs or closes a file. Submitted on the home worker of its file; any number at once on one
/// file, in no order. Results are those of the system call: reading and writing yield the bytes done, and fewer than
/// asked for mean the end of the file, or that the file system took no more; the next write then says why. One call
/// moves 0x7ffff000 bytes at most.
///
/// Cancelling it reaches one that has not begun; one that has begun ends with its own result. Closing waits for what is
/// in flight on the file, and cannot be cancelled.
///
/// It is a job of the blocking pool too: a runtime whose kernel interface knows no files makes the call there.
class FileOp final : public Op, public BlockingJob {
 public:
  using Run = Op::Run;
  using Op::run;
  enum class Action : std::uint8_t { open, read, write, sync, sync_data, close };

  /// Opens what `of` names, which must stay valid until completion. `how` and `rights` as open(2) takes them.
  FileOp(const char* of, int how, unsigned rights, Run completion) noexcept
      : Op(OpKind::file, completion),
        BlockingJob(&make_call),
        action(Action::open),
        path(of),
        flags(how),
        permissions(rights) {}
  /// Reads or writes `bytes`, which must stay valid until completion.
  FileOp(Action what, FileBase& on, std::uint64_t at, std::span<std::byte> bytes, Run completion) noexcept
      : Op(OpKind::file, completion), BlockingJob(&make_call), action(what), file(&on), offset(at), memory(bytes) {}
  /// Syncs or closes.
  FileOp(Action what, FileBase& on, Run completion) noexcept
      : Op(what == Action::close ? OpKind::close_file : OpKind::file, completion),
        BlockingJob(&make_call),
        action(what),
        file(&on) {}

  /// For runtimes, before they start it, with the home of a file that it opens. False: it is a close that has to wait
  /// for operations in flight, and is submitted again when the last of them has ended.
  bool begin(Runtime& runtime, std::uint16_t home) noexcept;
  /// For runtimes, when the kernel has answered with a result or minus an errno. False: nobody waits, `run` is not to
  /// be called, and the operation is gone.
  [[nodiscard]] bool end(std::int32_t answer) noexcept;

  Action action;
  bool detached = false;     ///< a close that nobody waits for, inside the record of its file
  FileBase* file = nullptr;  ///< of an open that succeeded: owned by the caller; null if it failed
  const char* path = nullptr;
  int flags = 0;
  unsigned permissions = 0;
  std::uint64_t offset = 0;
  std::span<std::byte> memory;
  void* native = nullptr;  ///< free for the runtime while in flight

 private:
  static void make_call(BlockingJob& job) noexcept;
};

}  // namespace gauntlet
