#include "runtimes/contract/file.hpp"

#include <utility>

#include "runtimes/contract/runtime.hpp"

namespace gauntlet {

bool FileBase::may_close(FileOp& op) noexcept {
  if (uses_.load(std::memory_order_acquire) == 0) return true;
  closing_ = &op;
  return uses_.fetch_sub(1, std::memory_order_acq_rel) == 1;
}

void FileBase::let_go() noexcept {
  if (uses_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  FileOp& op = *closing_;
  if (!is_home()) {
    // Operations end at home, so this was the handle: nobody waits for the close.
    op.worker = home();
    return runtime().schedule(op);
  }
  Runtime& owner = runtime();
  const bool is_awaited = !op.detached;
  if (owner.submit(op) == Submitted::done && is_awaited) owner.schedule(op);
}

void FileBase::close_at_home(Job& job) noexcept {
  auto& op = static_cast<FileOp&>(static_cast<Op&>(job));
  op.file->runtime().submit(op);
}

bool FileOp::begin(Runtime& runtime, std::uint16_t home) noexcept {
  if (action == Action::open) file = new FileBase(runtime, home);
  return action != Action::close || file->may_close(*this);
}

bool FileOp::end(std::int32_t answer) noexcept {
  result = answer;
  if (action == Action::open) {
    if (answer < 0) {
      delete std::exchange(file, nullptr);
    } else {
      file->descriptor = answer;
      result = 0;
    }
  } else if (action == Action::close) {
    const bool is_awaited = !detached;
    delete file;  // and with it this operation, if nobody waits
    return is_awaited;
  }
  return true;
}

}  // namespace gauntlet
