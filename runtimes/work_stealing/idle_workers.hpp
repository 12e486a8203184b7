// Which workers sleep, how many search, and who is woken for new work.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>

namespace gauntlet {

/// Parking without lost wake-ups. A worker that has nothing of its own searches: it looks into the injector and into
/// the deques of the others. At most half of the workers search at a time, since more would mostly disturb each other.
///
/// Who makes work public wakes a sleeper only if nobody searches; a searcher that finds something while no other
/// searches wakes one more. So a batch of spawns costs one wake-up, and workers come up one by one while there is work.
///
/// Why no job is left behind while workers sleep. Let P be the order of a producer outside the workers:
///     P1 make the job public     P2 nobody searches?     P3 take a sleeper out of the set and wake it
/// and S that of a worker going to sleep:
///     S1 mark the inbox asleep   S2 enter the set        S3 stop searching
///     S4 look at every queue once more                   S5 block
/// All of these are sequentially consistent. If P3 finds the set empty, every S2 comes after it, hence every S4 after
/// P1, and finds the job. If P2 finds somebody searching, that worker's S3 comes after P2, so its S4 after P1; or it
/// found work before, and then looks again for others to wake when it stops searching (found_work). Whoever leaves the
/// set at P3 is awake: S1 comes before S2, so that the wake-up finds the inbox asleep and ends that sleep, or finds it
/// woken already.
/// A worker that makes work public is awake itself and will come to it. It may therefore look at the set without any
/// ordering: a miss costs parallelism until its next look, never the job.
class IdleWorkers {
 public:
  static constexpr std::uint32_t most_workers = 64;
  static constexpr std::uint32_t nobody = most_workers;

  explicit IdleWorkers(std::uint32_t workers) noexcept : workers_(workers) {}

  /// Any worker, unordered: somebody sleeps and nobody searches.
  bool should_wake() const noexcept {
    return sleeping_.load(std::memory_order_relaxed) != 0 && searching_.load(std::memory_order_relaxed) == 0;
  }

  /// P2 and P3. The worker returned is the caller's to wake, and counts as searching; `nobody`: no need.
  std::uint32_t take_sleeper() noexcept {
    if (searching_.load(std::memory_order_seq_cst) != 0) return nobody;
    std::uint64_t sleeping = sleeping_.load(std::memory_order_seq_cst);
    while (sleeping != 0) {
      const std::uint64_t bit = sleeping & (~sleeping + 1);
      searching_.fetch_add(1, std::memory_order_seq_cst);
      if ((sleeping_.fetch_and(~bit, std::memory_order_seq_cst) & bit) != 0) {
        return static_cast<std::uint32_t>(std::countr_zero(bit));
      }
      searching_.fetch_sub(1, std::memory_order_seq_cst);
      sleeping = sleeping_.load(std::memory_order_seq_cst);
    }
    return nobody;
  }

  /// False: half of the workers search already.
  bool start_searching() noexcept {
    if (2 * searching_.load(std::memory_order_seq_cst) >= workers_) return false;
    searching_.fetch_add(1, std::memory_order_seq_cst);
    return true;
  }

  /// A searcher has found something. True: it was the last one, and should see whether another worker is to be woken.
  bool found_work() noexcept { return searching_.fetch_sub(1, std::memory_order_seq_cst) == 1; }

  /// S2 and S3.
  void enter(std::uint32_t worker, bool was_searching) noexcept {
    sleeping_.fetch_or(std::uint64_t{1} << worker, std::memory_order_seq_cst);
    if (was_searching) searching_.fetch_sub(1, std::memory_order_seq_cst);
  }

  /// The worker is awake. True: a producer has taken it out of the set, and it counts as searching.
  bool leave(std::uint32_t worker) noexcept {
    const std::uint64_t bit = std::uint64_t{1} << worker;
    return (sleeping_.fetch_and(~bit, std::memory_order_seq_cst) & bit) == 0;
  }

  std::uint32_t searching() const noexcept { return searching_.load(std::memory_order_relaxed); }
  bool is_sleeping(std::uint32_t worker) const noexcept {
    return (sleeping_.load(std::memory_order_relaxed) >> worker & 1) != 0;
  }

 private:
  const std::uint32_t workers_;
  alignas(64) std::atomic<std::uint64_t> sleeping_{0};
  std::atomic<std::uint32_t> searching_{0};
};

}  // namespace gauntlet
