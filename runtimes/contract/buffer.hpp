// Memory lent by a runtime to a task for received bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace gauntlet {

class Runtime;

/// Received bytes in the runtime's memory. Move-only; goes back to the runtime when it is destroyed, which must happen
/// on the home worker of the socket it came from, and before the runtime ends.
class Buffer {
 public:
  Buffer() noexcept = default;
  /// For runtimes. `token` is the lender's name for the memory.
  Buffer(Runtime& lender, std::byte* data, std::uint32_t size, std::uint32_t token) noexcept
      : lender_(&lender), data_(data), size_(size), token_(token) {}
  Buffer(Buffer&& other) noexcept
      : lender_(std::exchange(other.lender_, nullptr)), data_(other.data_), size_(other.size_), token_(other.token_) {
    other.size_ = 0;
  }
  Buffer& operator=(Buffer&& other) noexcept {
    if (this != &other) {
      release();
      lender_ = std::exchange(other.lender_, nullptr);
      data_ = other.data_;
      size_ = std::exchange(other.size_, 0);
      token_ = other.token_;
    }
    return *this;
  }
  ~Buffer() { release(); }

  std::byte* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  std::span<const std::byte> bytes() const noexcept { return {data_, size_}; }
  std::string_view text() const noexcept { return {reinterpret_cast<const char*>(data_), size_}; }
  std::uint32_t token() const noexcept { return token_; }

  /// Gives the memory back now.
  void release() noexcept {
    if (lender_ != nullptr) give_back();
  }

 private:
  void give_back() noexcept;

  Runtime* lender_ = nullptr;
  std::byte* data_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t token_ = 0;
};

}  // namespace gauntlet
