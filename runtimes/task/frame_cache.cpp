#include "runtimes/task/frame_cache.hpp"

#include <array>
#include <cstdlib>
#include <new>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#define GAUNTLET_NO_FRAME_CACHE
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GAUNTLET_NO_FRAME_CACHE
#endif
#endif

namespace gauntlet {

namespace {

constexpr std::size_t class_bytes = 16;
constexpr std::size_t class_count = 128;  // frames up to 2 KiB; larger ones are rare and go to the heap
[[maybe_unused]] constexpr std::size_t bound_bytes = 4 * 1024 * 1024;

struct FreeFrame {
  FreeFrame* next;
};

struct Cache {
  std::array<FreeFrame*, class_count> lists;
  std::size_t bytes;
  bool registered;
  bool closed;
};

// Trivial, so that access needs no guard; the memory is given back by Registration at thread exit.
constinit thread_local Cache cache{};

struct Registration {
  ~Registration() {
    for (FreeFrame*& list : cache.lists) {
      while (list != nullptr) std::free(std::exchange(list, list->next));
    }
    cache.closed = true;
  }
};

[[maybe_unused]] void register_thread() noexcept {
  thread_local Registration registration;
  cache.registered = true;
}

constexpr std::size_t class_of(std::size_t bytes) { return (bytes + class_bytes - 1) / class_bytes; }

}  // namespace

void* allocate_frame(std::size_t bytes) {
  const std::size_t index = class_of(bytes);
#ifndef GAUNTLET_NO_FRAME_CACHE
  if (index < class_count) {
    if (FreeFrame* frame = cache.lists[index]) {
      cache.lists[index] = frame->next;
      cache.bytes -= index * class_bytes;
      return frame;
    }
  }
#endif
  void* memory = std::malloc(index * class_bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void free_frame(void* memory, std::size_t bytes) noexcept {
#ifndef GAUNTLET_NO_FRAME_CACHE
  const std::size_t index = class_of(bytes);
  const std::size_t size = index * class_bytes;
  if (index < class_count && cache.bytes + size <= bound_bytes && !cache.closed) {
    if (!cache.registered) [[unlikely]]
      register_thread();
    cache.lists[index] = new (memory) FreeFrame{cache.lists[index]};
    cache.bytes += size;
    return;
  }
#else
  static_cast<void>(bytes);
#endif
  std::free(memory);
}

}  // namespace gauntlet
