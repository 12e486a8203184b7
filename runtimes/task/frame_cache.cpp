#include "runtimes/task/frame_cache.hpp"

#include <cstdlib>
#include <utility>

namespace gauntlet::detail {

constinit thread_local FrameCache frame_cache{};

namespace {

#ifndef GAUNTLET_NO_FRAME_CACHE
constexpr std::size_t bound_bytes = 4 * 1024 * 1024;
constexpr std::size_t short_of_room_bytes = bound_bytes / 4;

/// Gives the memory back when the thread ends; destructors of other thread-locals may still free frames after it.
struct Registration {
  Registration() noexcept {
    frame_cache.room_bytes = bound_bytes;
    frame_cache.is_open = true;
  }
  ~Registration() {
    for (FreeFrame*& list : frame_cache.lists) {
      while (list != nullptr) std::free(std::exchange(list, list->next));
    }
    frame_cache.room_bytes = 0;
    frame_cache.is_open = false;
  }
};

/// True the first time.
bool open_cache() noexcept {
  constinit thread_local bool opened = false;
  if (std::exchange(opened, true)) return false;
  thread_local Registration registration;
  return true;
}

/// As much again as is asked of the heap: that many frames of the size are alive, and will come back.
void make_room(FrameCache& cache, std::size_t bytes) noexcept {
  const std::size_t wanted = cache.room_bytes + bytes;
  for (std::size_t index = frame_classes - 1; index > 0; --index) {
    FreeFrame*& list = cache.lists[index];
    while (list != nullptr && cache.room_bytes < wanted) {
      std::free(std::exchange(list, list->next));
      cache.room_bytes += frame_class_size(index);
    }
  }
}
#endif

}  // namespace

void* allocate_frame_from_heap(std::size_t bytes) {
  const std::size_t size = frame_class_size(frame_class_of(bytes));
#ifndef GAUNTLET_NO_FRAME_CACHE
  // Else a size that was not among the first would go through the heap for ever.
  FrameCache& cache = frame_cache;
  if (cache.is_open && cache.room_bytes < short_of_room_bytes && frame_class_of(bytes) < frame_classes) {
    make_room(cache, size);
  }
#endif
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void free_frame_slowly(void* memory, FrameClass index) noexcept {
#ifndef GAUNTLET_NO_FRAME_CACHE
  if (open_cache()) return free_frame_of_class(memory, index);
#else
  static_cast<void>(index);
#endif
  std::free(memory);
}

}  // namespace gauntlet::detail
