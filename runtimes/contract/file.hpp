// What a file is to everybody but the runtime that owns it.
#pragma once

#include <atomic>
#include <cstdint>

#include "runtimes/contract/file_op.hpp"
#include "runtimes/contract/home_bound.hpp"

namespace gauntlet {

/// Record of an open file, owned by its runtime until it is closed. Belongs to one home worker, which alone submits on
/// it, unless the runtime's sockets migrate.
///
/// Whoever uses it holds it: its handle, and each operation from before its submission until its awaiter goes. The last
/// one to let go closes, so that a descriptor is never closed under a call that works on it elsewhere.
class FileBase final : public HomeBound {
 public:
  FileBase(Runtime& owner, std::uint16_t home) noexcept
      : HomeBound(owner, home), abandon_(FileOp::Action::close, *this, &close_at_home) {
    abandon_.detached = true;
  }

  int descriptor = -1;

  void hold() noexcept { uses_.fetch_add(1, std::memory_order_relaxed); }
  /// On any worker. The record may be gone when this returns.
  void let_go() noexcept;

  /// For a close that was submitted: lets its handle go. False: others hold the file, and the last of them submits
  /// `op` again.
  bool may_close(FileOp& op) noexcept;

 private:
  static void close_at_home(Job& job) noexcept;

  std::atomic<std::uint32_t> uses_{1};
  FileOp abandon_;
  FileOp* closing_ = &abandon_;  ///< what closes when nobody holds the file any more
};

}  // namespace gauntlet
