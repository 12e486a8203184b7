// The readiness of one direction of a socket, and who answers the operation that waits for it.
#pragma once

#include <atomic>
#include <cstdint>

namespace gauntlet {

/// Edges come from whichever worker polls, operations and cancellations from wherever their tasks run. One atomic word
/// settles among them: an operation is either armed, and the first to disarm it must see to its end, or it has such a
/// keeper already, and everybody else leaves a note for it. One operation at a time.
///
/// Where there is one worker only (`alone`), the same transitions are plain loads and stores.
class Readiness {
 public:
  Readiness(bool alone, bool ready) noexcept : alone_(alone), bits_(static_cast<std::uint8_t>(ready ? ready_bit : 0)) {}

  enum class Start : std::uint8_t {
    try_now,  ///< ready: the caller is the keeper and makes its call; readiness is cleared before it
    queue,    ///< ready, but the caller may not try: it is the keeper and queues the operation
    wait,     ///< not ready: the caller is the keeper, and arms the operation by would_block() once it is known
    busy,     ///< there is one already
    closing   ///< too late: the socket is being closed
  };
  /// For the submitter. From an answer on that makes it the keeper, nobody else has an operation here.
  Start start(bool may_try) noexcept {
    std::uint8_t seen = bits_.load(std::memory_order_acquire);
    for (;;) {
      if ((seen & (armed | kept)) != 0) return Start::busy;
      if ((seen & closing_bit) != 0) return Start::closing;
      const bool ready = (seen & ready_bit) != 0;
      const bool tries = ready && may_try;
      if (!replace(seen, (tries ? seen & ~ready_bit : seen) | kept)) continue;
      return tries ? Start::try_now : ready ? Start::queue : Start::wait;
    }
  }

  /// For the poller. True: an operation was armed; the caller keeps it now.
  bool edge(bool hung_up) noexcept {
    std::uint8_t seen = bits_.load(std::memory_order_acquire);
    for (;;) {
      const unsigned noted = seen | ready_bit | (hung_up ? hung_up_bit : 0);
      const bool was_armed = (seen & armed) != 0;
      if (replace(seen, was_armed ? (noted & ~armed) | kept : noted)) return was_armed;
    }
  }

  /// For the keeper, before a call: forgets the readiness, so that an edge which comes during the call is seen after
  /// it. False: the operation was cancelled, make no call.
  bool before_call() noexcept {
    std::uint8_t seen = bits_.load(std::memory_order_acquire);
    for (;;) {
      if ((seen & cancelled) != 0) return false;
      if (replace(seen, seen & ~ready_bit)) return true;
    }
  }

  enum class Block : std::uint8_t { armed, try_again, cancelled };
  /// For the keeper, after a call that found nothing, or when nothing was ready.
  Block would_block() noexcept {
    std::uint8_t seen = bits_.load(std::memory_order_acquire);
    for (;;) {
      if ((seen & cancelled) != 0) return Block::cancelled;
      if ((seen & ready_bit) != 0) {
        if (replace(seen, seen & ~ready_bit)) return Block::try_again;
      } else if (replace(seen, (seen & ~kept) | armed)) {
        return Block::armed;
      }
    }
  }

  /// For the keeper: the operation is over. `still_ready`: the call left something; after a hang-up there is always
  /// something, since no further edge will come. True: the socket is being closed and waited for this.
  bool finish(bool still_ready) noexcept {
    std::uint8_t seen = bits_.load(std::memory_order_acquire);
    for (;;) {
      const bool ready = still_ready || (seen & hung_up_bit) != 0;
      if (replace(seen, (seen & ~(kept | cancelled)) | (ready ? ready_bit : 0))) return (seen & closing_bit) != 0;
    }
  }

  /// True: the caller keeps the operation now, which before_call() will find cancelled. False: its keeper was told, or
  /// it is over already.
  bool cancel() noexcept {
    std::uint8_t seen = bits_.load(std::memory_order_acquire);
    for (;;) {
      if ((seen & armed) != 0) {
        if (replace(seen, (seen & ~armed) | kept | cancelled)) return true;
      } else if ((seen & kept) == 0 || replace(seen, seen | cancelled)) {
        return false;
      }
    }
  }

  enum class Close : std::uint8_t { idle, claimed, kept };
  /// For a close. `claimed`: as cancel() and true; `kept`: the keeper was told, and its finish() will say so.
  Close close() noexcept {
    std::uint8_t seen = bits_.load(std::memory_order_acquire);
    for (;;) {
      if ((seen & armed) != 0) {
        if (replace(seen, (seen & ~armed) | kept | cancelled | closing_bit)) return Close::claimed;
      } else if ((seen & kept) != 0) {
        if (replace(seen, seen | cancelled | closing_bit)) return Close::kept;
      } else if (replace(seen, seen | closing_bit)) {
        return Close::idle;
      }
    }
  }

 private:
  static constexpr unsigned ready_bit = 1;
  static constexpr unsigned armed = 2;
  static constexpr unsigned kept = 4;
  static constexpr unsigned cancelled = 8;
  static constexpr unsigned closing_bit = 16;
  static constexpr unsigned hung_up_bit = 32;

  bool replace(std::uint8_t& seen, unsigned wanted) noexcept {
    if (alone_) {
      bits_.store(static_cast<std::uint8_t>(wanted), std::memory_order_relaxed);
      return true;
    }
    return bits_.compare_exchange_weak(seen, static_cast<std::uint8_t>(wanted), std::memory_order_acq_rel,
                                       std::memory_order_acquire);
  }

  const bool alone_;
  std::atomic<std::uint8_t> bits_;
};

}  // namespace gauntlet
