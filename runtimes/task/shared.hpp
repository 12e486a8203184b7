// The part of a task that its handle, and those who cancel it, share with it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>

#include "runtimes/contract/job.hpp"
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

/// What is left in the memory of a root's frame when the task has ended and a handle still refers to it: the outcome.
/// Parameters and locals are gone by then, so that a socket among them is closed by its task, never by a handle.
struct TaskRemains {
  std::size_t bytes = 0;                             ///< of the whole allocation
  void (*destroy)(TaskRemains&) noexcept = nullptr;  ///< of a result behind this, if it has a destructor
  std::exception_ptr exception = nullptr;
};

namespace detail {
/// Ids are handed to threads in blocks, so that spawning touches no shared cache line.
struct TaskIds {
  std::uint64_t next;
  std::uint64_t end;
  std::uint64_t take() noexcept {
    if (next == end) [[unlikely]]
      refill();
    return next++;
  }
  void refill() noexcept;
};
extern constinit thread_local TaskIds task_ids;
}  // namespace detail

/// Stands before every frame; only a spawned root uses it. It outlives the frame as long as a handle exists.
///
/// A task and its handle end in either order, on any two threads, and the second frees the memory. `end` decides who
/// that is: the task leaves `finished` in it, the handle `detached`, each in exchange for what the other left. Where
/// both are on one worker plain stores do, since nobody else writes to it: that is most tasks, and a locked instruction
/// costs as much as all the rest of a spawn.
struct TaskShared {
  static constexpr std::uint8_t no_home = 0xff;

  std::atomic<std::uintptr_t> end{open};    ///< open, a JoinWaiter (perhaps with same_worker), finished or detached
  std::atomic<std::uint8_t> references{0};  ///< one for the task and its handle, one per cancel request on its way
  std::atomic<std::uint8_t> word{static_cast<std::uint8_t>(TaskState::ready)};  ///< the state; see migration.hpp
  std::uint8_t home = no_home;  ///< index of the worker that alone resumes it; set before it is scheduled
  std::uint8_t id_high = 0;
  std::uint32_t id_low = 0;

  /// Now a root, with a handle.
  void be_born(std::uint16_t at) noexcept {
    const std::uint64_t number = detail::task_ids.take();
    id_high = static_cast<std::uint8_t>(number >> 32);
    id_low = static_cast<std::uint32_t>(number);
    references.store(1, std::memory_order_relaxed);
    home = static_cast<std::uint8_t>(at);
  }

  /// Repeats after 2^40 tasks.
  std::uint64_t id() const noexcept { return std::uint64_t{id_high} << 32 | id_low; }
  TaskState state() const noexcept {
    return static_cast<TaskState>(word.load(std::memory_order_relaxed) & task_state_mask);
  }
  /// While nobody else may change it.
  void set_state(TaskState state) noexcept { word.store(static_cast<std::uint8_t>(state), std::memory_order_relaxed); }
  void* frame() noexcept { return this + 1; }
  /// Once the frame is destroyed.
  TaskRemains& remains() noexcept { return *static_cast<TaskRemains*>(frame()); }

  bool has_finished() const noexcept { return end.load(std::memory_order_acquire) == finished; }

  /// For the task, when it has ended: wakes who waits, or frees what is left if nobody will ask. It may be gone when
  /// this returns.
  void announce_end() noexcept {
    const std::uintptr_t seen = end.load(std::memory_order_acquire);
    if (seen == detached) return release();
    if ((seen & same_worker) != 0) {
      end.store(finished, std::memory_order_release);
      return waiter_in(seen).joined();
    }
    announce_end_to_others();
  }

  /// For the handle: `waiter` is told of the end. `here`: this is the task's home worker, and the waiter stays on it
  /// too. False: it has ended.
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

  /// For the handle: it gives the task up. `here`: on the task's home worker.
  void detach(bool here) noexcept {
    if (here) {
      if (end.load(std::memory_order_relaxed) == finished) return release();
      end.store(detached, std::memory_order_relaxed);
      return;
    }
    if (end.exchange(detached, std::memory_order_acq_rel) == finished) release();
  }

  /// Gives up one reference; the last one frees whatever is left.
  void release() noexcept {
    // The only one left: nobody remains who could take another.
    if (references.load(std::memory_order_acquire) == 1 || references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      free_remains();
    }
  }

 private:
  static constexpr std::uintptr_t open = 0;
  static constexpr std::uintptr_t finished = 1;
  static constexpr std::uintptr_t detached = 2;
  static constexpr std::uintptr_t same_worker = 4;
  static_assert(alignof(JoinWaiter) >= 8, "the low bits of its address hold the mark");

  static JoinWaiter& waiter_in(std::uintptr_t seen) noexcept {
    return *reinterpret_cast<JoinWaiter*>(seen & ~same_worker);
  }
  void announce_end_to_others() noexcept;
  void free_remains() noexcept {
    TaskRemains& left = remains();
    const std::size_t bytes = left.bytes;
    if (left.destroy != nullptr) {
      left.destroy(left);
    } else {
      left.~TaskRemains();
    }
    free_frame(this, bytes);
  }
};
static_assert(sizeof(TaskShared) == 16, "frames behind it must stay aligned to 16");

}  // namespace gauntlet
