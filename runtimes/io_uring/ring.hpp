// Owner of one io_uring: setup, submission, completions. Knows nothing of sockets or tasks.
#pragma once

#include <liburing.h>

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace gauntlet {

struct Completion {
  std::uint64_t user_data;
  std::int32_t result;
  std::uint32_t flags;
};

/// Created disabled, by any thread; the thread that enables it is from then on the only one that may enter it, because
/// the kernel defers completions to it (DEFER_TASKRUN) and takes submissions from it alone (SINGLE_ISSUER).
class Ring {
 public:
  static constexpr unsigned submission_entries = 1024;
  static constexpr unsigned completion_entries = 8192;

  /// The error is a sentence for the user.
  static std::expected<std::unique_ptr<Ring>, std::string> open();
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
  unsigned unsubmitted() const noexcept { return io_uring_sq_ready(&ring_); }

  /// Submits what is queued, lets the kernel post what it has deferred, and blocks until `wait_for` completions are
  /// there or the timeout is over (none: no limit).
  void enter(unsigned wait_for, std::optional<std::chrono::nanoseconds> timeout) noexcept;

  bool has_completions() const noexcept { return completions_ready() != 0; }
  unsigned completions_ready() const noexcept { return io_uring_cq_ready(&ring_); }
  /// The kernel holds completions back that only an enter brings: deferred work, or an overflow of the queue.
  bool kernel_holds_completions() const noexcept;
  std::optional<Completion> pop() noexcept;

  /// Calls of enter since the last time this was asked.
  std::uint32_t take_enters() noexcept { return std::exchange(enters_, 0); }

  /// Queues a message to another ring, which may be of another thread: there a completion with `told` appears. Sent
  /// with the next enter. A completion with `if_failed` appears here only if it cannot be delivered.
  void queue_message(const Ring& to, std::uint64_t told, std::uint64_t if_failed) noexcept;
  bool has_messages() const noexcept { return has_messages_; }
  /// A message waits for the next enter.
  bool holds_message() const noexcept { return holds_message_; }

  bool defers_completions() const noexcept { return (ring_.flags & IORING_SETUP_DEFER_TASKRUN) != 0; }
  io_uring& native() noexcept { return ring_; }

 private:
  Ring() = default;
  unsigned flush() noexcept;

  io_uring ring_{};
  std::uint64_t owner_ = 0;  ///< 0: not enabled yet
  bool registered_ = false;
  bool has_messages_ = false;
  bool holds_message_ = false;
  std::uint32_t enters_ = 0;
};

/// Why io_uring_setup failed and what to do about it, in one sentence. `error` is an errno.
std::string setup_refusal(int error);

}  // namespace gauntlet
