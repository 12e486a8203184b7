// Order that the kernel makes between threads, told to ThreadSanitizer, which cannot see it.
#pragma once

#if defined(__SANITIZE_THREAD__)
#define GAUNTLET_TELL_TSAN
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define GAUNTLET_TELL_TSAN
#endif
#endif

#ifdef GAUNTLET_TELL_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace gauntlet {

/// Before a system call that gives `record` to the kernel for another thread to find.
inline void give_to_kernel([[maybe_unused]] void* record) noexcept {
#ifdef GAUNTLET_TELL_TSAN
  __tsan_release(record);
#endif
}

/// When the kernel has handed `record` out.
inline void take_from_kernel([[maybe_unused]] void* record) noexcept {
#ifdef GAUNTLET_TELL_TSAN
  __tsan_acquire(record);
#endif
}

}  // namespace gauntlet
