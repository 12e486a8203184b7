// Receive buffers of one worker that any thread gives back.
#pragma once

#include <atomic>
#include <cstdint>

#include "runtimes/loop/buffer_pool.hpp"

namespace gauntlet {

/// Lends on its worker only. A buffer that comes back elsewhere waits in a stack, linked through its own memory, until
/// the worker has lent all that it had. Tokens name the worker too.
class SharedBuffers {
 public:
  static constexpr std::uint32_t heap_token = BufferPool::heap_token;
  static constexpr int index_bits = 24;
  static constexpr std::uint32_t most_buffers = std::uint32_t{1} << index_bits;
  /// A buffer that is given back holds a link and its token.
  static constexpr std::uint32_t least_bytes = 16;

  SharedBuffers(std::uint32_t worker, std::uint32_t count, std::uint32_t bytes)
      : pool_(count, bytes), base_(worker << index_bits) {}

  static std::uint32_t worker_of(std::uint32_t token) noexcept { return token >> index_bits; }

  std::uint32_t buffer_bytes() const noexcept { return pool_.buffer_bytes(); }

  /// On the worker.
  BufferPool::Piece take() {
    if (pool_.all_lent()) take_returned();
    BufferPool::Piece piece = pool_.take();
    if (piece.token != heap_token) piece.token |= base_;
    return piece;
  }

  /// On the worker.
  void give_back(std::byte* data, std::uint32_t token) noexcept {
    pool_.give_back(data, token == heap_token ? token : token & (most_buffers - 1));
  }

  /// Any thread.
  void give_back_from_afar(std::byte* data, std::uint32_t token) noexcept;

 private:
  struct Returned {
    Returned* next;
    std::uint32_t token;
  };
  static_assert(sizeof(Returned) <= least_bytes);

  void take_returned() noexcept;

  BufferPool pool_;
  std::uint32_t base_;
  std::atomic<Returned*> returned_{nullptr};
};

}  // namespace gauntlet
