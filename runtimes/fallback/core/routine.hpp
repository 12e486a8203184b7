// Routines: the coroutines of the fallback's core.
#pragma once

#include <coroutine>
#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

#include "runtimes/fallback/core/core.hpp"

namespace gauntlet::fallback {

/// Stands before each frame in its piece of the arena, so that the frame finds its way back.
struct alignas(FrameArena::alignment) FrameHeader {
  Core* core;
};

template <typename T>
concept NotACore = !std::is_same_v<std::remove_cvref_t<T>, Core>;

class RoutinePromise : public Job {
 public:
  RoutinePromise() noexcept : Job(&resume_job) {}

  // A routine names its core first, behind the object if it is a member or a lambda.
  template <typename... Rest>
  static void* operator new(std::size_t bytes, Core& core, Rest&&...) noexcept {
    return allocate(bytes, core);
  }
  template <NotACore Self, typename... Rest>
  static void* operator new(std::size_t bytes, Self&&, Core& core, Rest&&...) noexcept {
    return allocate(bytes, core);
  }
  static void operator delete(void* frame) noexcept {
    FrameHeader* header = static_cast<FrameHeader*>(frame) - 1;
    header->core->arena().give_back(header);
  }

  std::coroutine_handle<RoutinePromise> handle() noexcept {
    return std::coroutine_handle<RoutinePromise>::from_promise(*this);
  }
  Core& core() noexcept { return *(static_cast<FrameHeader*>(handle().address()) - 1)->core; }

  Routine get_return_object() noexcept;
  static Routine get_return_object_on_allocation_failure() noexcept;
  std::suspend_always initial_suspend() const noexcept { return {}; }

  class Final {
   public:
    Final() noexcept {}
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<RoutinePromise> finished) const noexcept {
      RoutinePromise& promise = finished.promise();
      if (promise.parent != nullptr) return promise.parent->handle();
      promise.core().ended(promise, Outcome::done);
      return std::noop_coroutine();
    }
    void await_resume() const noexcept {}
  };
  Final final_suspend() const noexcept { return {}; }
  void return_void() const noexcept {}
  /// Built with exceptions, a routine must let none out: there is nobody to take it.
  void unhandled_exception() const noexcept { __builtin_trap(); }

  RoutinePromise* parent = nullptr;  ///< who awaits it; null: a root
  // Of roots, in their core's list.
  RoutinePromise* previous = nullptr;
  RoutinePromise* following = nullptr;
  Outcome* outcome = nullptr;

 private:
  static void* allocate(std::size_t bytes, Core& core) noexcept {
    void* piece = core.arena().take(bytes + sizeof(FrameHeader));
    return piece == nullptr ? nullptr : ::new (piece) FrameHeader{&core} + 1;
  }
  static void resume_job(Job& job) noexcept { static_cast<RoutinePromise&>(job).handle().resume(); }
};

/// A coroutine that runs when it is spawned or awaited. Its first parameter is its Core&. Move-only; destroying it
/// destroys its frame. Empty if there was no frame for it: then spawning and awaiting it give out_of_resources.
///
/// `const Status status = co_await step(core)` runs it inside the awaiting one, which goes on when it has ended.
class [[nodiscard]] Routine {
 public:
  using promise_type = RoutinePromise;

  Routine() noexcept = default;
  explicit Routine(RoutinePromise& promise) noexcept : promise_(&promise) {}
  Routine(Routine&& other) noexcept : promise_(std::exchange(other.promise_, nullptr)) {}
  Routine& operator=(Routine&& other) noexcept {
    std::swap(promise_, other.promise_);
    return *this;
  }
  ~Routine() {
    if (promise_ != nullptr) promise_->handle().destroy();
  }

  explicit operator bool() const noexcept { return promise_ != nullptr; }
  RoutinePromise* release() noexcept { return std::exchange(promise_, nullptr); }

  class Awaiter {
   public:
    explicit Awaiter(RoutinePromise* child) noexcept : child_(child) {}
    bool await_ready() const noexcept { return child_ == nullptr; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<RoutinePromise> parent) noexcept {
      child_->parent = &parent.promise();
      return child_->handle();
    }
    Status await_resume() const noexcept { return child_ == nullptr ? Status::out_of_resources : Status::ok; }

   private:
    RoutinePromise* child_;
  };
  Awaiter operator co_await() const noexcept { return Awaiter(promise_); }

 private:
  RoutinePromise* promise_ = nullptr;
};

inline Routine RoutinePromise::get_return_object() noexcept { return Routine(*this); }
inline Routine RoutinePromise::get_return_object_on_allocation_failure() noexcept { return {}; }

/// See sleep_until().
class Sleep final : private Alarm {
 public:
  Sleep(Core& core, Instant until) noexcept : Alarm(&wake), core_(&core) { deadline = until; }
  Sleep(const Sleep&) = delete;
  Sleep& operator=(const Sleep&) = delete;
  ~Sleep() {
    if (waiting_ != nullptr) core_->clear(*this);
  }
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<RoutinePromise> waiting) noexcept {
    waiting_ = &waiting.promise();
    core_->set(*this);
  }
  void await_resume() const noexcept {}

 private:
  static void wake(Job& job) noexcept {
    RoutinePromise* waiting = std::exchange(static_cast<Sleep&>(job).waiting_, nullptr);
    waiting->handle().resume();
  }
  Core* core_;
  RoutinePromise* waiting_ = nullptr;
};

/// Goes on in the first turn whose `now` is not before it.
inline Sleep sleep_until(Core& core, Instant until) noexcept { return Sleep(core, until); }
/// From the beginning of this turn on.
inline Sleep sleep_for(Core& core, Instant nanoseconds) noexcept { return Sleep(core, core.now() + nanoseconds); }

/// Goes on in the next turn, behind what is ready by then.
class Yield {
 public:
  Yield() noexcept {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<RoutinePromise> waiting) const noexcept {
    waiting.promise().core().enqueue(waiting.promise());
  }
  void await_resume() const noexcept {}
};
inline Yield yield() noexcept { return {}; }

/// What routines wait for until somebody on the owner's thread says that it has happened: between two turns, what
/// drives the core; inside one, another routine. It happens once; those that come later do not wait. Outlives those
/// that wait.
class Event {
 public:
  Event() noexcept = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  bool has_happened() const noexcept { return happened_; }
  /// Makes those that wait ready, in the order in which they came.
  void happen() noexcept;

  class Wait {
   public:
    explicit Wait(Event& event) noexcept : event_(&event) {}
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    ~Wait() {
      if (waiting_ != nullptr) event_->forget(*waiting_);
    }
    bool await_ready() const noexcept { return event_->happened_; }
    void await_suspend(std::coroutine_handle<RoutinePromise> waiting) noexcept {
      waiting_ = &waiting.promise();
      event_->add(*waiting_);
    }
    void await_resume() noexcept { waiting_ = nullptr; }

   private:
    Event* event_;
    RoutinePromise* waiting_ = nullptr;
  };
  Wait operator co_await() noexcept { return Wait(*this); }

 private:
  void add(RoutinePromise& waiting) noexcept;
  void forget(RoutinePromise& waiting) noexcept;

  Job* first_ = nullptr;
  bool happened_ = false;
};

/// Drives the core until the routine has ended; others run, too. The owner has `Instant now()` and
/// `bool sleep_until(Instant)`, which gives the processor away until then (`never`: until something happens that it
/// knows of) and says false where nothing ever will. So nothing is waited for by polling. Not from inside a routine.
///
/// stalled: the routine was dropped, since it waited for what cannot come. not_running: the core was stopped.
template <typename Owner>
Status block_on(Core& core, Routine routine, Owner& owner) noexcept {
  Outcome outcome = Outcome::pending;
  RoutinePromise* root = routine ? routine.release() : nullptr;
  const Status spawned = core.spawn(root != nullptr ? Routine(*root) : Routine(), &outcome);
  if (spawned != Status::ok) return spawned;
  for (;;) {
    const Turn turn = core.poll_once(owner.now());
    if (outcome == Outcome::done) return Status::ok;
    if (outcome == Outcome::dropped) return Status::not_running;
    if (!turn.has_ready && !owner.sleep_until(turn.next_deadline)) {
      core.drop(*root);
      return Status::stalled;
    }
  }
}

}  // namespace gauntlet::fallback
