#include "runtimes/contract/pooled_files.hpp"

#ifndef _WIN32
#include <fcntl.h>
#include <unistd.h>
#endif

#include <cerrno>
#include <utility>

#include "runtimes/contract/file.hpp"

namespace gauntlet {

namespace {

#ifdef _WIN32

/// Its calls at a position are of another kind: libuv has them.
std::int64_t call_once(const FileOp&) noexcept {
  errno = ENOTSUP;
  return -1;
}

#else

int sync_data_of(int descriptor) noexcept {
#ifdef __APPLE__
  return ::fsync(descriptor);  // which does not promise more than the data there
#else
  return ::fdatasync(descriptor);
#endif
}

std::int64_t call_once(const FileOp& op) noexcept {
  using Action = FileOp::Action;
  const int descriptor = op.file->descriptor;
  switch (op.action) {
    case Action::open:
      return ::open(op.path, op.flags | O_CLOEXEC, op.permissions);
    case Action::read:
      return ::pread(descriptor, op.memory.data(), op.memory.size(), static_cast<off_t>(op.offset));
    case Action::write:
      return ::pwrite(descriptor, op.memory.data(), op.memory.size(), static_cast<off_t>(op.offset));
    case Action::sync:
      return ::fsync(descriptor);
    case Action::sync_data:
      return sync_data_of(descriptor);
    case Action::close:
      return ::close(descriptor);
  }
  std::unreachable();
}

#endif

std::int32_t answer_of(const FileOp& op) noexcept {
  std::int64_t answer = 0;
  do {
    answer = call_once(op);
    // After a close that was interrupted the descriptor is gone, and may be somebody else's.
  } while (answer < 0 && errno == EINTR && op.action != FileOp::Action::close);
  return answer < 0 ? -errno : static_cast<std::int32_t>(answer);
}

}  // namespace

void FileOp::make_call(BlockingJob& job) noexcept {
  auto& op = static_cast<FileOp&>(job);
  Runtime& owner = op.file->runtime();
  if (op.end(answer_of(op))) owner.schedule(op);
}

Submitted submit_to_pool(FileOp& op, Runtime& owner) noexcept {
  WorkerCounters& counters = this_worker()->counters;
  if (!op.begin(owner, this_worker()->index)) return Submitted::pending;
  counters.file_operations.add();
  return call_on_pool(op, owner);
}

Submitted call_on_pool(FileOp& op, Runtime& owner) noexcept {
  WorkerCounters& counters = this_worker()->counters;
  if (owner.blocking_pool().submit(op)) {
    counters.blocking_calls.add();
    return Submitted::pending;
  }
  // No thread can be had: a file must be closed all the same, the rest fails.
  const bool closes = op.action == FileOp::Action::close;
  (void)op.end(closes ? answer_of(op) : -EAGAIN);
  return Submitted::done;
}

void cancel_on_pool(FileOp& op) noexcept {
  Runtime& owner = *this_worker()->runtime;
  if (owner.blocking_pool().remove(op) && op.end(-ECANCELED)) owner.schedule(op);
}

}  // namespace gauntlet
