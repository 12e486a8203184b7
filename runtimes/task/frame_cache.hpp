// Memory of coroutine frames, recycled by size.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#define GAUNTLET_NO_FRAME_CACHE
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GAUNTLET_NO_FRAME_CACHE
#endif
#endif

namespace gauntlet {

/// A size of frames; all that are too large for the cache are of one.
using FrameClass = std::uint8_t;

namespace detail {

inline constexpr std::size_t frame_class_bytes = 16;
inline constexpr std::size_t frame_classes = 128;  ///< frames up to 2 KiB; larger ones are rare and go to the heap

struct FreeFrame {
  FreeFrame* next;
};

/// Of one thread. Trivial, so that access needs no guard.
struct FrameCache {
  std::array<FreeFrame*, frame_classes> lists;
  std::size_t room_bytes;  ///< that may still be kept; 0 before the first frame is freed and after the thread's end
  bool is_open;            ///< between those two
};
extern constinit thread_local FrameCache frame_cache;

/// Where the cache is full, frames of other sizes make room for this one: they are left from a burst.
void* allocate_frame_from_heap(std::size_t bytes);
/// The frame does not fit into the cache, or is the first that this thread frees.
void free_frame_slowly(void* memory, FrameClass index) noexcept;

/// Sizes are 8 more than a multiple of 16: with the word that malloc keeps before a block nothing is lost to rounding.
constexpr std::size_t frame_class_of(std::size_t bytes) noexcept {
  return (bytes + frame_class_bytes / 2 - 1) / frame_class_bytes;
}
constexpr std::size_t frame_class_size(std::size_t index) noexcept {
  return index * frame_class_bytes + frame_class_bytes / 2;
}

}  // namespace detail

/// At least `bytes`, aligned to 16. From the calling thread's free list of that size class, else from the heap.
inline void* allocate_frame(std::size_t bytes) {
#ifndef GAUNTLET_NO_FRAME_CACHE
  const std::size_t index = detail::frame_class_of(bytes);
  if (index < detail::frame_classes) {
    detail::FrameCache& cache = detail::frame_cache;
    if (detail::FreeFrame* frame = cache.lists[index]) {
      cache.lists[index] = frame->next;
      cache.room_bytes += detail::frame_class_size(index);
      return frame;
    }
  }
#endif
  return detail::allocate_frame_from_heap(bytes);
}

/// The size of a frame of `bytes`, as one who keeps it does.
constexpr FrameClass frame_class_for(std::size_t bytes) noexcept {
  return static_cast<FrameClass>(std::min(detail::frame_class_of(bytes), detail::frame_classes));
}

/// Any thread may free what any thread allocated; the memory joins the freeing thread's list, up to a bound,
/// so that tasks which are always spawned on one worker and end on another pile up nowhere.
/// Under AddressSanitizer every frame goes through the heap, so that use after free is seen.
inline void free_frame_of_class(void* memory, FrameClass index) noexcept {
#ifndef GAUNTLET_NO_FRAME_CACHE
  const std::size_t size = detail::frame_class_size(index);
  detail::FrameCache& cache = detail::frame_cache;
  if (index < detail::frame_classes && size <= cache.room_bytes) [[likely]] {
    cache.lists[index] = new (memory) detail::FreeFrame{cache.lists[index]};
    cache.room_bytes -= size;
    return;
  }
#endif
  detail::free_frame_slowly(memory, index);
}
inline void free_frame(void* memory, std::size_t bytes) noexcept {
  free_frame_of_class(memory, frame_class_for(bytes));
}

}  // namespace gauntlet
