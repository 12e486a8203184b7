// What is to happen when, earliest first.
#pragma once

#include "runtimes/contract/job.hpp"

namespace gauntlet::fallback {

/// A sorted list of jobs that have a `deadline`, linked through Job::next: nothing is allocated, and to insert takes as
/// many steps as there are earlier ones, which are few where there are few tasks. Those that are due at the same time
/// keep the order in which they came. One thread.
template <typename Timed>
class Deadlines {
 public:
  bool empty() const noexcept { return first_ == nullptr; }
  /// The earliest; null: none.
  Timed* first() const noexcept { return static_cast<Timed*>(first_); }

  void insert(Timed& timed) noexcept {
    Job** place = &first_;
    while (*place != nullptr && static_cast<Timed*>(*place)->deadline <= timed.deadline) place = &(*place)->next;
    timed.next = *place;
    *place = &timed;
  }

  /// Nothing, if it is not in the list.
  void remove(Timed& timed) noexcept {
    for (Job** place = &first_; *place != nullptr; place = &(*place)->next) {
      if (*place != &timed) continue;
      *place = timed.next;
      return;
    }
  }

  /// Unlinks the earliest if its time has come; null: none.
  template <typename When>
  Timed* pop_due(const When& now) noexcept {
    if (first_ == nullptr || now < first()->deadline) return nullptr;
    Timed* due = first();
    first_ = due->next;
    return due;
  }

 private:
  Job* first_ = nullptr;
};

}  // namespace gauntlet::fallback
