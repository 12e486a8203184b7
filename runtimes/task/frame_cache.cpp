#include "runtimes/task/frame_cache.hpp"

#include <cstdlib>
#include <utility>

namespace gauntlet::detail {

constinit thread_local FrameCache frame_cache{};

namespace {

#ifndef GAUNTLET_NO_FRAME_CACHE
constexpr std::size_t bound_bytes = 4 * 1024 * 1024;

/// Gives the memory back when the thread ends; destructors of other thread-locals may still free frames after it.
struct Registration {
  Registration() noexcept { frame_cache.room_bytes = bound_bytes; }
  ~Registration() {
    for (FreeFrame*& list : frame_cache.lists) {
      while (list != nullptr) std::free(std::exchange(list, list->next));
    }
    frame_cache.room_bytes = 0;
  }
};

/// True the first time.
bool open_cache() noexcept {
  constinit thread_local bool opened = false;
  if (std::exchange(opened, true)) return false;
  thread_local Registration registration;
  return true;
}
#endif

}  // namespace

void* allocate_frame_from_heap(std::size_t bytes) {
  void* memory = std::malloc(frame_class_of(bytes) * frame_class_bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void free_frame_slowly(void* memory, std::size_t bytes) noexcept {
#ifndef GAUNTLET_NO_FRAME_CACHE
  if (open_cache()) return free_frame(memory, bytes);
#else
  static_cast<void>(bytes);
#endif
  std::free(memory);
}

}  // namespace gauntlet::detail
