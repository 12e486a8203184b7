// Owner of one io_uring: setup, submission, completions. Knows nothing of sockets or tasks.
#pragma once

#include <liburing.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace gauntlet {

/// What liburing 2.3 does not name.
namespace kernel {
inline constexpr std::uint16_t send_zc_report_usage = 1U << 3;  ///< of a send: its notification tells what was copied
inline constexpr std::uint32_t notification_was_copied = 1U << 31;  ///< in the result of a notification
inline constexpr unsigned feature_reg_reg_ring = 1U << 13;          ///< Linux 6.3
}  // namespace kernel

struct Completion {
  std::uint64_t user_data;
  std::int32_t result;
  std::uint32_t flags;
};

/// The request did not happen, and nobody asked for that: it is made again.
constexpr bool is_interrupted(std::int32_t result) noexcept {
  // A signal; or the kernel could not set up a poll for it.
  return result == -EINTR || result == -EAGAIN;
}

struct RingOptions {
  /// A kernel thread takes requests from the queue and sleeps when there were none for a while. Completions are not
  /// deferred then: it posts them.
  bool polls = false;
  std::uint32_t files = 0;  ///< room in the ring's own table of files
};

/// Created disabled, by any thread; the thread that enables it is from then on the only one that may enter it, because
/// the kernel defers completions to it (DEFER_TASKRUN) and takes submissions from it alone (SINGLE_ISSUER).
class Ring {
 public:
  static constexpr unsigned submission_entries = 1024;
  static constexpr unsigned completion_entries = 8192;
  /// The kernel takes lengths of 32 bits and caps them near 2 GiB.
  static constexpr std::size_t bytes_per_request = std::size_t{1} << 30;

  /// The error is a sentence for the user.
  static std::expected<std::unique_ptr<Ring>, std::string> open(const RingOptions& options = {});
  ~Ring();
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  /// Binds it to the calling thread. Once. 0 or minus an errno.
  int enable() noexcept;
  bool is_enabled() const noexcept { return owner_ != 0; }
  bool belongs_to_this_thread() const noexcept;

  /// Spares the kernel the look-up of the descriptor at each enter. Both on the owning thread; a refusal is harmless.
  void register_descriptor() noexcept;
  void unregister_descriptor() noexcept;

  /// A zeroed entry, submitted with the next enter; enters at once only if the queue is full.
  io_uring_sqe& next_entry() noexcept;
  /// What the next enter has to hand over.
  unsigned unsubmitted() const noexcept {
    return polls() ? ring_.sq.sqe_tail - ring_.sq.sqe_head : io_uring_sq_ready(&ring_);
  }

  /// Submits what is queued, lets the kernel post what it has deferred, and blocks until `wait_for` completions are
  /// there or the timeout is over (none: no limit). No system call where a thread polls that is awake, and there is
  /// nothing to wait for.
  void enter(unsigned wait_for, std::optional<std::chrono::nanoseconds> timeout) noexcept;

  bool has_completions() const noexcept { return completions_ready() != 0; }
  unsigned completions_ready() const noexcept { return io_uring_cq_ready(&ring_); }
  /// The kernel holds completions back that only an enter brings: deferred work, or an overflow of the queue.
  bool kernel_holds_completions() const noexcept;
  /// Calls `visit` for each completion that is there now, in order, and then gives their room back at once. `visit` may
  /// submit; what it completes by that stays for the next time.
  template <typename Visit>
  unsigned take_completions(Visit&& visit) noexcept {
    const unsigned head = *ring_.cq.khead;
    const unsigned count = io_uring_smp_load_acquire(ring_.cq.ktail) - head;
    for (unsigned i = 0; i < count; ++i) {
      const io_uring_cqe& entry = ring_.cq.cqes[(head + i) & ring_.cq.ring_mask];
      visit(Completion{entry.user_data, entry.res, entry.flags});
    }
    io_uring_cq_advance(&ring_, count);
    return count;
  }

  /// System calls of enter since the last time this was asked.
  std::uint32_t take_enters() noexcept { return std::exchange(enters_, 0); }

  /// Queues a message to another ring, which may be of another thread: there a completion with `told` appears. Sent
  /// with the next enter. A completion with `if_failed` appears here only if it cannot be delivered.
  void queue_message(const Ring& to, std::uint64_t told, std::uint64_t if_failed) noexcept;
  bool has_messages() const noexcept { return has_messages_; }
  /// A message waits for the next enter.
  bool holds_message() const noexcept { return holds_message_; }

  /// Sends that leave the bytes where they are, and tell afterwards whether they did.
  bool can_send_zero_copy() const noexcept { return can_send_zero_copy_; }
  /// How many files fit the ring's table; 0: it has none.
  std::uint32_t file_slots() const noexcept { return file_slots_; }
  bool polls() const noexcept { return (ring_.flags & IORING_SETUP_SQPOLL) != 0; }
  bool defers_completions() const noexcept { return (ring_.flags & IORING_SETUP_DEFER_TASKRUN) != 0; }
  io_uring& native() noexcept { return ring_; }

 private:
  Ring() = default;
  unsigned flush() noexcept;
  /// A completion queue that overflows needs an enter too.
  bool poller_needs_call() const noexcept;
  void enter_with(unsigned flags, unsigned submitted, unsigned wait_for,
                  std::optional<std::chrono::nanoseconds> timeout) noexcept;

  io_uring ring_{};
  std::uint64_t owner_ = 0;  ///< 0: not enabled yet
  bool registered_ = false;
  bool has_messages_ = false;
  bool holds_message_ = false;
  bool can_send_zero_copy_ = false;
  std::uint32_t file_slots_ = 0;
  std::uint32_t enters_ = 0;
};

/// Why io_uring_setup failed and what to do about it, in one sentence. `error` is an errno.
std::string setup_refusal(int error);

}  // namespace gauntlet
