#include "runtimes/fallback/core/core.hpp"

#include <new>

#include "runtimes/fallback/core/routine.hpp"

namespace gauntlet::fallback {

FrameArena::FrameArena(std::byte* memory, std::size_t frame_bytes, std::size_t frames) noexcept
    : frame_bytes_(frame_bytes) {
  // The first one is handed out first.
  for (std::size_t i = frames; i > 0; --i) give_back(memory + (i - 1) * frame_bytes);
}

void* FrameArena::take(std::size_t bytes) noexcept {
  if (bytes > frame_bytes_ || free_ == nullptr) return nullptr;
  Free* taken = free_;
  free_ = taken->next;
  return taken;
}

void FrameArena::give_back(void* frame) noexcept { free_ = new (frame) Free{free_}; }

Core::~Core() { stop(); }

Status Core::spawn(Routine routine, Outcome* outcome) noexcept {
  if (stopped_) return Status::not_running;
  if (!routine || live_ == most_tasks) return Status::out_of_resources;
  RoutinePromise& root = *routine.release();
  root.outcome = outcome;
  link(root);
  enqueue(root);
  return Status::ok;
}

Turn Core::poll_once(Instant now) noexcept {
  now_ = now;
  while (Alarm* due = alarms_.pop_due(now)) enqueue(*due);
  Turn turn;
  in_turn_ = true;
  // What becomes ready meanwhile belongs to the next turn, or a routine that yields would never let the owner go.
  for (Job* last = last_ready_; first_ready_ != nullptr && !stopped_;) {
    Job* job = first_ready_;
    first_ready_ = job->next;
    ++turn.ran;
    const bool is_last = job == last;  // it may be gone afterwards
    job->run(*job);
    if (is_last) break;
  }
  in_turn_ = false;
  if (stopped_) drop_all();
  turn.has_ready = has_ready();
  if (!alarms_.empty()) turn.next_deadline = alarms_.first()->deadline;
  return turn;
}

void Core::stop() noexcept {
  stopped_ = true;
  if (!in_turn_) drop_all();
}

void Core::drop_all() noexcept {
  while (roots_ != nullptr) drop(*roots_);
  // Jobs of its routines are gone with them.
  first_ready_ = last_ready_ = nullptr;
}

void Core::drop(RoutinePromise& root) noexcept { ended(root, Outcome::dropped); }

void Core::ended(RoutinePromise& root, Outcome how) noexcept {
  unlink(root);
  if (root.outcome != nullptr) *root.outcome = how;
  root.handle().destroy();
}

void Core::link(RoutinePromise& root) noexcept {
  root.following = roots_;
  if (roots_ != nullptr) roots_->previous = &root;
  roots_ = &root;
  ++live_;
}

void Core::unlink(RoutinePromise& root) noexcept {
  (root.previous != nullptr ? root.previous->following : roots_) = root.following;
  if (root.following != nullptr) root.following->previous = root.previous;
  --live_;
}

void Event::happen() noexcept {
  happened_ = true;
  while (first_ != nullptr) {
    auto& waiting = static_cast<RoutinePromise&>(*first_);
    first_ = waiting.next;
    waiting.core().enqueue(waiting);
  }
}

void Event::add(RoutinePromise& waiting) noexcept {
  Job** place = &first_;
  while (*place != nullptr) place = &(*place)->next;
  waiting.next = nullptr;
  *place = &waiting;
}

void Event::forget(RoutinePromise& waiting) noexcept {
  for (Job** place = &first_; *place != nullptr; place = &(*place)->next) {
    if (*place != &waiting) continue;
    *place = waiting.next;
    return;
  }
}

}  // namespace gauntlet::fallback
