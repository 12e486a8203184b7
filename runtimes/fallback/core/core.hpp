// The fallback's core: at most 32 coroutines on one thread, in memory that its owner provides. It needs a compiler and
// nothing else: no heap, no exceptions, no run-time types, no threads, no clock, no operating system.
//
//   fallback::Routine blink(fallback::Core& core, Lamp& lamp) {
//     for (;;) { lamp.toggle(); co_await fallback::sleep_until(core, core.now() + 500'000'000); }
//   }
//   fallback::CoreWithArena<> core;
//   if (core.spawn(blink(core, lamp)) != fallback::Status::ok) ...
//   for (;;) { const fallback::Turn turn = core.poll_once(clock_ns()); if (!turn.has_ready)
//   sleep_until(turn.next_deadline); }
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtimes/contract/job.hpp"
#include "runtimes/fallback/core/deadlines.hpp"

namespace gauntlet::fallback {

class Routine;
class RoutinePromise;

inline constexpr std::uint32_t most_tasks = 32;

/// Nanoseconds on the owner's clock, which never goes backwards.
using Instant = std::int64_t;
inline constexpr Instant never = INT64_MAX;

enum class Status : std::uint8_t {
  ok,
  out_of_resources,  ///< 32 tasks are alive, no frame is free, or one is too small for the routine
  not_running,       ///< the core was stopped
  stalled            ///< nothing is ready, nothing is due, and the owner knows of nothing that could change that
};

/// What became of a spawned routine.
enum class Outcome : std::uint8_t { pending, done, dropped };

/// What one turn did.
struct Turn {
  std::uint32_t ran = 0;          ///< jobs
  bool has_ready = false;         ///< something is ready already: do not sleep
  Instant next_deadline = never;  ///< until then nothing happens by itself
};

/// A job that becomes ready at its deadline.
class Alarm : public Job {
 public:
  explicit Alarm(Run function) noexcept : Job(function) {}
  Instant deadline = never;

 protected:
  ~Alarm() = default;
};

/// Equal pieces of memory for frames, handed out last in, first out.
class FrameArena {
 public:
  static constexpr std::size_t alignment = 16;

  FrameArena() noexcept = default;
  /// `memory`, aligned to 16, holds `frames` of `frame_bytes` each, a multiple of 16.
  FrameArena(std::byte* memory, std::size_t frame_bytes, std::size_t frames) noexcept;

  /// Null: too large, or none is free.
  void* take(std::size_t bytes) noexcept;
  void give_back(void* frame) noexcept;
  std::size_t frame_bytes() const noexcept { return frame_bytes_; }

 private:
  struct Free {
    Free* next;
  };
  std::size_t frame_bytes_ = 0;
  Free* free_ = nullptr;
};

/// Ready queue, alarms, tasks and frames of one thread. Strict first in, first out: a turn runs what was ready when it
/// began, in that order. Nothing is resumed but inside poll_once(). Everything on the owner's thread.
class Core {
 public:
  /// For jobs and alarms alone: there are no frames, so every routine is out of resources.
  Core() noexcept = default;
  explicit Core(const FrameArena& arena) noexcept : arena_(arena) {}
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  /// As stop().
  ~Core();

  /// The routine begins in the next turn. `outcome`, if there is one, stays valid until it is no longer pending. If it
  /// is refused, its frame is free again when this returns.
  Status spawn(Routine routine, Outcome* outcome = nullptr) noexcept;

  /// Queues a job, which is in no queue.
  void enqueue(Job& job) noexcept {
    job.next = nullptr;
    (first_ready_ == nullptr ? first_ready_ : last_ready_->next) = &job;
    last_ready_ = &job;
  }
  bool has_ready() const noexcept { return first_ready_ != nullptr; }

  void set(Alarm& alarm) noexcept { alarms_.insert(alarm); }
  /// It is not due yet, and will not be.
  void clear(Alarm& alarm) noexcept { alarms_.remove(alarm); }

  /// One turn: makes ready what is due at `now`, then runs what is ready. Never blocks. Not from inside a job.
  Turn poll_once(Instant now) noexcept;

  /// Drops every task: destructors of what its frames hold run, its code does not go on. Asked from inside a task it
  /// happens at the end of the turn. From then on whatever is spawned is refused with not_running. Idempotent.
  void stop() noexcept;
  bool is_running() const noexcept { return !stopped_; }

  /// The `now` of the last turn.
  Instant now() const noexcept { return now_; }
  std::uint32_t live_tasks() const noexcept { return live_; }

  // For routines.
  FrameArena& arena() noexcept { return arena_; }
  void ended(RoutinePromise& root, Outcome how) noexcept;
  /// A root that is suspended, and not among what is ready.
  void drop(RoutinePromise& root) noexcept;

 private:
  void drop_all() noexcept;
  void link(RoutinePromise& root) noexcept;
  void unlink(RoutinePromise& root) noexcept;

  FrameArena arena_;
  Job* first_ready_ = nullptr;
  Job* last_ready_ = nullptr;
  Deadlines<Alarm> alarms_;
  RoutinePromise* roots_ = nullptr;
  Instant now_ = 0;
  std::uint32_t live_ = 0;
  bool in_turn_ = false;
  bool stopped_ = false;
};

/// A core and the frames of its routines, which are not counted among the core's own bytes. Each awaited routine takes
/// a frame, too.
template <std::size_t FrameBytes = 512, std::size_t Frames = 2 * most_tasks>
class CoreWithArena {
  static_assert(FrameBytes % FrameArena::alignment == 0 && FrameBytes > 0 && Frames > 0);

 public:
  static constexpr std::size_t arena_bytes = FrameBytes * Frames;

  Core& operator*() noexcept { return core_; }
  Core* operator->() noexcept { return &core_; }

 private:
  alignas(FrameArena::alignment) std::byte memory_[arena_bytes];
  Core core_{FrameArena(memory_, FrameBytes, Frames)};
};

inline constexpr std::size_t most_core_bytes = 2048;
static_assert(sizeof(CoreWithArena<>) - CoreWithArena<>::arena_bytes <= most_core_bytes);

}  // namespace gauntlet::fallback
