// The one epoll instance of all workers, polled by whichever of them parks.
#pragma once

#include <atomic>
#include <mutex>
#include <span>
#include <utility>

#include "runtimes/contract/worker.hpp"
#include "runtimes/loop/poller.hpp"
#include "runtimes/work_stealing/driver_record.hpp"

namespace gauntlet {

/// Held by one worker at a time, from before it polls until it has looked at every event: an event names a record, and
/// records that are retired are freed only by the next holder.
class IoDriver {
 public:
  IoDriver(Poller poller, bool alone) noexcept : poller_(std::move(poller)), alone_(alone) {}
  ~IoDriver() { free_retired(); }
  IoDriver(const IoDriver&) = delete;
  IoDriver& operator=(const IoDriver&) = delete;

  /// False: another worker holds it.
  bool try_hold() noexcept { return alone_ || !held_.exchange(true, std::memory_order_acquire); }
  void release() noexcept {
    if (!alone_) held_.store(false, std::memory_order_release);
  }

  /// Holder.
  std::size_t poll(std::span<epoll_event> events, Poller::Limit limit) noexcept {
    free_retired();
    return poller_.wait(events, limit);
  }

  Poller& poller() noexcept { return poller_; }
  const Poller& poller() const noexcept { return poller_; }

  /// Held by whoever follows a pointer from an operation to a record that may be retired meanwhile.
  SpinLock& records_lock() noexcept { return records_lock_; }

  /// Any thread: frees the record when no event can name it any more. Its descriptor is closed, or forgotten.
  void retire(DriverRecord& record) noexcept {
    record.next_retired = retired_.load(std::memory_order_relaxed);
    while (!retired_.compare_exchange_weak(record.next_retired, &record, std::memory_order_release,
                                           std::memory_order_relaxed)) {
    }
  }

 private:
  void free_retired() noexcept {
    if (retired_.load(std::memory_order_relaxed) == nullptr) return;
    DriverRecord* record = retired_.exchange(nullptr, std::memory_order_acquire);
    const std::lock_guard lock(records_lock_);
    while (record != nullptr) {
      DriverRecord* next = record->next_retired;
      delete record;
      record = next;
    }
  }

  Poller poller_;
  const bool alone_;
  std::atomic<bool> held_{false};
  SpinLock records_lock_;
  std::atomic<DriverRecord*> retired_{nullptr};
};

}  // namespace gauntlet
