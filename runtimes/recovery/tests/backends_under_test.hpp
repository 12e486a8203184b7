// Backends of the journal that a test with several threads can have.
#pragma once

#include <string_view>
#include <vector>

#if defined(__SANITIZE_THREAD__)
#define GAUNTLET_SEES_HALF_OF_DATABASES
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define GAUNTLET_SEES_HALF_OF_DATABASES
#endif
#endif

namespace gauntlet::fixtures {

/// All, but under ThreadSanitizer, which the databases were built without.
inline std::vector<std::string_view> backends_under_test() {
#if defined(GAUNTLET_SEES_HALF_OF_DATABASES)
  return {"segment", "mmap"};
#else
  return {"segment", "mmap", "leveldb", "rocksdb"};
#endif
}

}  // namespace gauntlet::fixtures
