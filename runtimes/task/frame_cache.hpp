// Memory of coroutine frames, recycled by size.
#pragma once

#include <cstddef>

namespace gauntlet {

/// At least `bytes`, aligned to 16. From the calling thread's free list of that size class, else from the heap.
void* allocate_frame(std::size_t bytes);

/// Any thread may free what any thread allocated; the memory joins the freeing thread's list, up to a bound,
/// so that tasks which are always spawned on one worker and end on another pile up nowhere.
/// Under AddressSanitizer every frame goes through the heap, so that use after free is seen.
void free_frame(void* memory, std::size_t bytes) noexcept;

}  // namespace gauntlet
