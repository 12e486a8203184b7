#include "runtimes/loop/timer_wheel.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace gauntlet {

TimerWheel::TimerWheel() noexcept : now_tick_(tick_of(Clock::now())) {}

std::uint64_t TimerWheel::tick_of(Clock::time_point when) noexcept {
  const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(when.time_since_epoch()).count();
  return ns < 0 ? 0 : static_cast<std::uint64_t>(ns) >> tick_bits;
}

void TimerWheel::insert(TimerOp& timer) noexcept {
  timer.deadline = std::max(timer.deadline, passed_ + Clock::duration(1));
  if (count_ == 0) {
    // An empty wheel may follow the clock freely; standing still it would cascade over the gap later.
    now_tick_ = std::max(now_tick_, tick_of(Clock::now()));
    next_ = timer.deadline;
  } else if (next_ && timer.deadline < *next_) {
    next_ = timer.deadline;
  }
  ++count_;
  place(timer);
}

void TimerWheel::remove(TimerOp& timer) noexcept {
  unlink(timer);
  --count_;
  if (next_ && timer.deadline == *next_) next_.reset();
}

void TimerWheel::place(TimerOp& timer) noexcept {
  const std::uint64_t tick = std::max(tick_of(timer.deadline), now_tick_);
  // The level is that of the highest digit in which the tick differs from now: all above it agree, so the slot's index
  // is never behind the current one on that level.
  const std::uint64_t differing = (tick ^ now_tick_) | (slots_per_level - 1);
  const int level = (63 - std::countl_zero(differing)) / slot_bits;
  const int index = static_cast<int>((tick >> (level * slot_bits)) & (slots_per_level - 1));
  timer.scratch = static_cast<std::uint16_t>(level * slots_per_level + index);
  Slot& slot = wheel_[static_cast<std::size_t>(level)][static_cast<std::size_t>(index)];
  if (level == 0) {
    link_sorted(slot, timer);
  } else {
    link_last(slot, timer);
  }
  occupied_[static_cast<std::size_t>(level)] |= std::uint64_t{1} << index;
}

void TimerWheel::link_last(Slot& slot, TimerOp& timer) noexcept {
  timer.next = nullptr;
  timer.previous = slot.last;
  if (slot.last != nullptr) {
    slot.last->next = &timer;
  } else {
    slot.first = &timer;
  }
  slot.last = &timer;
}

void TimerWheel::link_sorted(Slot& slot, TimerOp& timer) noexcept {
  TimerOp* before = slot.last;
  while (before != nullptr && before->deadline > timer.deadline) before = before->previous;
  if (before == slot.last) return link_last(slot, timer);
  TimerOp* after = before != nullptr ? static_cast<TimerOp*>(before->next) : slot.first;
  timer.previous = before;
  timer.next = after;
  after->previous = &timer;
  if (before != nullptr) {
    before->next = &timer;
  } else {
    slot.first = &timer;
  }
}

void TimerWheel::unlink(TimerOp& timer) noexcept {
  const std::size_t level = timer.scratch / slots_per_level;
  const std::size_t index = timer.scratch % slots_per_level;
  Slot& slot = wheel_[level][index];
  TimerOp* after = static_cast<TimerOp*>(timer.next);
  if (timer.previous != nullptr) {
    timer.previous->next = after;
  } else {
    slot.first = after;
  }
  if (after != nullptr) {
    after->previous = timer.previous;
  } else {
    slot.last = timer.previous;
  }
  if (slot.first == nullptr) occupied_[level] &= ~(std::uint64_t{1} << index);
}

bool TimerWheel::earliest_slot(int& level, int& slot) const noexcept {
  for (level = 0; level < levels; ++level) {
    const std::uint64_t bits = occupied_[static_cast<std::size_t>(level)];
    if (bits == 0) continue;
    // Slots behind the current index do not occur: see place().
    slot = std::countr_zero(bits);
    return true;
  }
  return false;
}

std::optional<TimerWheel::Clock::time_point> TimerWheel::next_deadline() noexcept {
  if (count_ == 0) return std::nullopt;
  if (next_) return next_;
  int level = 0;
  int index = 0;
  if (!earliest_slot(level, index)) return std::nullopt;
  const Slot& slot = wheel_[static_cast<std::size_t>(level)][static_cast<std::size_t>(index)];
  next_ = slot.first->deadline;
  for (TimerOp* timer = slot.first; level > 0 && timer != nullptr; timer = static_cast<TimerOp*>(timer->next)) {
    next_ = std::min(*next_, timer->deadline);
  }
  return next_;
}

TimerOp* TimerWheel::pop_due(Clock::time_point now) noexcept {
  if (count_ == 0 || (next_ && *next_ > now)) return nullptr;
  passed_ = now;
  // A timer inserted late stands in the wheel's own tick, which may be ahead of the caller's.
  const std::uint64_t tick = std::max(tick_of(now), now_tick_);
  int level = 0;
  int index = 0;
  while (earliest_slot(level, index)) {
    Slot& slot = wheel_[static_cast<std::size_t>(level)][static_cast<std::size_t>(index)];
    const int shift = level * slot_bits;
    const std::uint64_t above = shift + slot_bits >= 64 ? 0 : now_tick_ >> (shift + slot_bits) << (shift + slot_bits);
    const std::uint64_t start = above | (static_cast<std::uint64_t>(index) << shift);
    if (start > tick) return nullptr;
    now_tick_ = std::max(now_tick_, start);
    if (level == 0) {
      TimerOp* timer = slot.first;
      if (timer->deadline > now) return nullptr;
      remove(*timer);
      return timer;
    }
    // Cascade: from here on these timers differ from now in a lower digit only.
    TimerOp* timer = slot.first;
    slot = Slot{};
    occupied_[static_cast<std::size_t>(level)] &= ~(std::uint64_t{1} << index);
    while (timer != nullptr) {
      TimerOp* rest = static_cast<TimerOp*>(timer->next);
      place(*timer);
      timer = rest;
    }
  }
  return nullptr;
}

}  // namespace gauntlet
