// The receive buffers that the kernel picks from, and what was received into them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

struct io_uring_buf_ring;

namespace gauntlet {

class Ring;

/// Bytes that were received: on their way to a task, or lent to it.
struct Chunk {
  Chunk* next = nullptr;
  std::byte* data = nullptr;
  std::uint32_t size = 0;
  std::uint32_t token = 0;
  bool is_taken = false;  ///< not the kernel's
};

/// A provided-buffer ring. Buffers come back in batches: publish() once a turn, before the enter.
///
/// Received bytes stay in the kernel's buffer while enough are free; below a reserve of an eighth they are copied to
/// the heap and the buffer goes back at once. So the reserve is always the kernel's: tasks that hold on to their
/// buffers, or do not read, cannot starve the other connections, and a receive that ran out of buffers (ENOBUFS) may
/// simply be armed again. One thread.
class BufferRing {
 public:
  static constexpr std::uint32_t heap_token = 0xffffffff;
  static constexpr std::uint16_t group = 0;
  /// `asked`, rounded up to what the kernel takes: a power of two, at most 32,768.
  static std::uint32_t usable_count(std::uint32_t asked) noexcept;

  /// `count` as from usable_count. Throws std::bad_alloc.
  BufferRing(std::uint32_t count, std::uint32_t bytes);
  ~BufferRing();
  BufferRing(const BufferRing&) = delete;
  BufferRing& operator=(const BufferRing&) = delete;

  /// Makes all free buffers those of `ring`. 0 or minus an errno.
  int attach(Ring& ring) noexcept;

  /// What a completion delivered. The caller owns the chunk until give_back of its data and token.
  Chunk& take(std::uint16_t id, std::uint32_t size);
  /// A completion that names a buffer and delivers nothing in it.
  void recycle(std::uint16_t id) noexcept;
  void give_back(std::byte* data, std::uint32_t token) noexcept;
  void publish() noexcept;

  std::uint32_t free_count() const noexcept { return free_; }

 private:
  void provide(std::uint16_t id) noexcept;

  std::uint32_t count_;
  std::uint32_t bytes_;
  std::uint32_t reserve_;
  std::uint32_t free_;
  int unpublished_ = 0;
  io_uring_buf_ring* entries_ = nullptr;
  std::byte* memory_ = nullptr;
  std::unique_ptr<Chunk[]> chunks_;
};

}  // namespace gauntlet
