// Memory that Asio's operations are put in: beside what they serve, so that a warm path allocates nothing.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace gauntlet {

/// Room for one operation of Asio at a time; a second or larger one comes from the heap. Must outlive every handler
/// that uses it, and so the io_context that holds them. One thread, or handed over with the handler.
class HandlerMemory {
 public:
  HandlerMemory() noexcept = default;
  HandlerMemory(const HandlerMemory&) = delete;
  HandlerMemory& operator=(const HandlerMemory&) = delete;

  void* allocate(std::size_t bytes) {
    if (in_use_ || bytes > room) return ::operator new(bytes);
    in_use_ = true;
    return bytes_;
  }
  void deallocate(void* memory) noexcept {
    if (memory == bytes_) {
      in_use_ = false;
    } else {
      ::operator delete(memory);
    }
  }

  /// Holds every operation of Asio 1.81 on epoll that this folder starts, and on io_uring all but a gathering send.
  static constexpr std::size_t room = 256;

 private:
  alignas(std::max_align_t) std::byte bytes_[room];
  bool in_use_ = false;
};

/// The allocator that Asio asks a handler for.
template <typename T>
class HandlerAllocator {
 public:
  using value_type = T;

  explicit HandlerAllocator(HandlerMemory& memory) noexcept : memory_(&memory) {}
  template <typename Other>
  HandlerAllocator(const HandlerAllocator<Other>& other) noexcept : memory_(other.memory_) {}

  T* allocate(std::size_t count) { return static_cast<T*>(memory_->allocate(sizeof(T) * count)); }
  void deallocate(T* memory, std::size_t) noexcept { memory_->deallocate(memory); }

  template <typename Other>
  bool operator==(const HandlerAllocator<Other>& other) const noexcept {
    return memory_ == other.memory_;
  }

 private:
  template <typename>
  friend class HandlerAllocator;
  HandlerMemory* memory_;
};

/// A handler whose operation lives in `memory`.
template <typename Call>
class HandlerIn {
 public:
  using allocator_type = HandlerAllocator<void>;

  HandlerIn(HandlerMemory& memory, Call call) noexcept : memory_(&memory), call_(std::move(call)) {}
  allocator_type get_allocator() const noexcept { return allocator_type(*memory_); }

  template <typename... Arguments>
  void operator()(Arguments&&... arguments) {
    call_(std::forward<Arguments>(arguments)...);
  }

 private:
  HandlerMemory* memory_;
  Call call_;
};

}  // namespace gauntlet
