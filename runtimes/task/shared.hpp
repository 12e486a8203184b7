// The part of a task that its handle, and those who cancel it, share with it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtimes/contract/runtime.hpp"
#include "runtimes/task/external_wait.hpp"
#include "runtimes/task/frame_cache.hpp"

namespace gauntlet {

enum class TaskState : std::uint8_t { ready, running, waiting, done, cancelled, failed };
inline constexpr std::uint8_t task_state_mask = 7;  ///< the bits above are those of migration.hpp

/// Waits for a task to end: a join, or the owner of a block_on.
class JoinWaiter : public ExternalWait {
 public:
  /// The task has ended. Called once, on the thread where it did.
  virtual void joined() noexcept = 0;

 protected:
  ~JoinWaiter() = default;
};

/// Stands before every frame; only a spawned root uses it. It outlives the frame as long as a handle exists.
///
/// A task and its handle end in either order, on any two threads, and the second frees the memory. `end` decides who
/// that is: the task leaves `finished` in it, the handle `detached`, each in exchange for what the other left. Where
/// both are on one worker plain stores do, since nobody else writes to it: that is most tasks, and a locked instruction
/// costs as much as all the rest of a spawn.
struct TaskShared {
  static constexpr std::uint8_t no_home = 0xff;
  // Values of `end`, beside the address of a JoinWaiter.
  static constexpr std::uintptr_t open = 0;
  static constexpr std::uintptr_t finished = 1;
  static constexpr std::uintptr_t detached = 2;
  static constexpr std::uintptr_t same_worker = 4;  ///< a mark on the address
  static_assert(alignof(JoinWaiter) >= 8, "the low bits of its address hold the mark");

  explicit TaskShared(FrameClass size) noexcept : frame_class(size) {}

  std::atomic<std::uintptr_t> end{open};    ///< open, a JoinWaiter (perhaps with same_worker), finished or detached
  std::atomic<std::uint8_t> references{0};  ///< one for the task and its handle, one per cancel request on its way
  std::atomic<std::uint8_t> word{static_cast<std::uint8_t>(TaskState::ready)};  ///< the state; see migration.hpp
  std::uint8_t home = no_home;  ///< index of the worker that alone resumes it; set before it is scheduled
  const FrameClass frame_class;
  std::atomic<std::uint32_t> number{0};  ///< 0: nobody has asked for it

  /// Now a root, with a handle.
  void be_born(std::uint16_t at) noexcept {
    references.store(1, std::memory_order_relaxed);
    home = static_cast<std::uint8_t>(at);
  }
  bool is_root() const noexcept { return references.load(std::memory_order_relaxed) != 0; }

  /// Given when it is first asked for, since hardly anybody does. Repeats after 2^32 of them. Any thread.
  std::uint64_t id() noexcept {
    const std::uint32_t given = number.load(std::memory_order_relaxed);
    return given != 0 ? given : give_number();
  }
  TaskState state() const noexcept {
    return static_cast<TaskState>(word.load(std::memory_order_relaxed) & task_state_mask);
  }
  /// While nobody else may change it.
  void set_state(TaskState state) noexcept { word.store(static_cast<std::uint8_t>(state), std::memory_order_relaxed); }
  void* frame() noexcept { return this + 1; }

  bool has_finished() const noexcept { return end.load(std::memory_order_acquire) == finished; }

  /// For the task, when it has ended, on worker `here`: wakes who waits. True: the handle has gone, and the caller ends
  /// the outcome and gives up the reference. If false it may be gone when this returns.
  [[nodiscard]] bool announce_end(Worker& here) noexcept {
    Job* joiner = announce_end_here();
    if (joiner == nullptr) return announce_end_to_others();
    here.runtime->schedule_from(here, *joiner);
    return false;
  }
  /// Does that and returns the coroutine that waits, for the caller to resume or schedule, if one of this worker does.
  /// Null: nothing was done.
  Job* announce_end_here() noexcept {
    const std::uintptr_t seen = end.load(std::memory_order_relaxed);
    if ((seen & same_worker) == 0) return nullptr;
    end.store(finished, std::memory_order_release);
    return waiter_in(seen).waiter;
  }
  [[nodiscard]] bool announce_end_to_others() noexcept {
    return end.load(std::memory_order_acquire) == detached || announce_end_anywhere();
  }

  /// For the handle: `waiter` is told of the end. `here`: this is the task's home worker, and the waiter is a coroutine
  /// that stays on it too, and will be scheduled without being asked. False: it has ended.
  bool set_waiter(JoinWaiter& waiter, bool here) noexcept {
    const auto wanted = reinterpret_cast<std::uintptr_t>(&waiter);
    if (here) {
      if (end.load(std::memory_order_relaxed) == finished) return false;
      end.store(wanted | same_worker, std::memory_order_relaxed);
      return true;
    }
    std::uintptr_t seen = open;
    return end.compare_exchange_strong(seen, wanted, std::memory_order_acq_rel);
  }
  /// Undoes it. False: the waiter is told, or about to be.
  bool remove_waiter(JoinWaiter& waiter) noexcept;

  /// For the handle: it gives the task up. `here`: on the task's home worker. True: the task has ended, and the caller
  /// ends the outcome and gives up the reference.
  [[nodiscard]] bool detach(bool here) noexcept {
    if (here) {
      if (end.load(std::memory_order_relaxed) == finished) return true;
      end.store(detached, std::memory_order_relaxed);
      return false;
    }
    return end.exchange(detached, std::memory_order_acq_rel) == finished;
  }

  /// Gives up one reference; the last one frees the memory.
  void release() noexcept {
    // The only one left: nobody remains who could take another.
    if (references.load(std::memory_order_acquire) == 1 || references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      free_frame_of_class(this, frame_class);
    }
  }

 private:
  static JoinWaiter& waiter_in(std::uintptr_t seen) noexcept {
    return *reinterpret_cast<JoinWaiter*>(seen & ~same_worker);
  }
  bool announce_end_anywhere() noexcept;
  std::uint32_t give_number() noexcept;
};
static_assert(sizeof(TaskShared) == 16, "frames behind it must stay aligned to 16");

}  // namespace gauntlet
