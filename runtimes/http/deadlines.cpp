#include "runtimes/http/deadlines.hpp"

#include <time.h>

#include <utility>

#include "runtimes/task/spawn.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet::http {

namespace {

using std::chrono::nanoseconds;

Deadline exact_now() noexcept { return nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

Deadline deadline_after(std::chrono::milliseconds timeout) noexcept {
  constexpr std::chrono::milliseconds more_than_a_century = std::chrono::hours(1'000'000);
  if (timeout == std::chrono::milliseconds::zero() || timeout > more_than_a_century) return never;
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  const Deadline nanoseconds_now = Deadline{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
  return (nanoseconds_now + nanoseconds(timeout).count()) & deadline_mask;
}

Task<void> Deadlines::sweep(std::shared_ptr<Deadlines> self) {
  for (;;) {
    const Deadline next = self->cancel_expired(exact_now());
    if (next == never) co_return;
    co_await sleep_until(std::chrono::steady_clock::time_point(nanoseconds(next)));
  }
}

Deadline Deadlines::cancel_expired(Deadline now) noexcept {
  const std::lock_guard lock(lock_);
  while (!listed_.empty() && listed_.begin()->first <= now) {
    Watch& watch = *listed_.begin()->second;
    take_off(watch);
    place(watch, watch.settle(now));
  }
  wakes_at_ = listed_.empty() ? never : listed_.begin()->first;
  return wakes_at_;
}

void Deadlines::list(Watch& watch) {
  const std::lock_guard lock(lock_);
  take_off(watch);
  const Deadline deadline = watch.settle(0);
  place(watch, deadline);
  if (deadline >= wakes_at_) return;
  // Once for the shortest timeout in use at most: from then on the sweeper wakes up before any later wait is over.
  sweeper_.cancel();
  wakes_at_ = never;  // if there is no memory for the next one
  sweeper_ = spawn_on(worker_, sweep(shared_from_this()));
  wakes_at_ = deadline;
}

void Deadlines::place(Watch& watch, Deadline deadline) noexcept {
  if (deadline == never) return;
  watch.unlisted_.key() = deadline;
  watch.position_ = listed_.insert(std::move(watch.unlisted_));
}

void Deadlines::take_off(Watch& watch) noexcept {
  if (watch.unlisted_.empty()) watch.unlisted_ = listed_.extract(watch.position_);
}

void Deadlines::remove(Watch& watch) noexcept {
  const std::lock_guard lock(lock_);
  take_off(watch);
  // An idle server without connections has nothing to wake up for.
  if (!listed_.empty() || wakes_at_ == never || this_worker()->draining) return;
  sweeper_.cancel();
  wakes_at_ = never;
}

Watch::Watch(std::shared_ptr<Deadlines> deadlines, TaskCore& task)
    : deadlines_(std::move(deadlines)), task_(&task), migrates_(task.migrates()) {
  Deadlines::Listed one;
  one.emplace(never, this);
  unlisted_ = one.extract(one.begin());
}

Watch::~Watch() { deadlines_->remove(*this); }

/// Ends the wait if its time is up by `now`. Gives the deadline to be listed under.
Deadline Watch::settle(Deadline now) noexcept {
  for (;;) {
    Word seen = word_.load();
    const bool waits = wait_of(seen) != Wait::nothing && (seen & expired_mark) == 0;
    if (waits && (seen & deadline_mask) <= now) {
      if (!word_.compare_exchange_strong(seen, seen | expired_mark)) continue;
      listed_under_.store(never);
      cancel_task();
      return never;
    }
    const Deadline next = waits ? seen & deadline_mask : never;
    listed_under_.store(next);
    if (word_.load() == seen) return next;
  }
}

void Watch::cancel_task() noexcept {
  if (migrates_) {
    TaskCore::request_cancel_migrating(task_->shared());
  } else {
    task_->request_cancel();
  }
}

}  // namespace gauntlet::http
