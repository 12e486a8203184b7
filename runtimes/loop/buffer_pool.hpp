// Receive buffers of one worker.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gauntlet {

/// A fixed number of equal buffers in one mapping, whose pages the kernel provides when they are first touched; last
/// in, first out, so that a busy loop stays in cache. When all are lent, memory comes from the heap. One thread.
class BufferPool {
 public:
  static constexpr std::uint32_t heap_token = 0xffffffff;

  struct Piece {
    std::byte* data;
    std::uint32_t token;
  };

  BufferPool(std::uint32_t count, std::uint32_t bytes);
  ~BufferPool();
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  std::uint32_t buffer_bytes() const noexcept { return bytes_; }
  /// The next one comes from the heap.
  bool all_lent() const noexcept { return free_.empty(); }

  Piece take() {
    if (free_.empty()) return {new std::byte[bytes_], heap_token};
    const std::uint32_t token = free_.back();
    free_.pop_back();
    return {memory_ + std::size_t{token} * bytes_, token};
  }

  void give_back(std::byte* data, std::uint32_t token) noexcept {
    if (token == heap_token) {
      delete[] data;
    } else {
      free_.push_back(token);  // never grows: reserved for all
    }
  }

 private:
  std::uint32_t bytes_;
  std::size_t mapped_bytes_;
  std::byte* memory_;
  std::vector<std::uint32_t> free_;
};

}  // namespace gauntlet
