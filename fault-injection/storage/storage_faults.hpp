// Making a storage's calls fail: the Nth, once or from then on.
#pragma once

#include <cstdint>
#include <optional>

namespace gauntlet {

enum class StorageCall : std::uint8_t {
  list,
  open,
  size,
  read,
  write,
  allocate,
  sync_data,
  rename,
  remove,
  sync_directory,
  lock
};

/// Counts every call of a simulated storage and says which are to fail. Proves that it fired by `fired`.
struct StorageFaults {
  static constexpr std::uint64_t never = 0;

  std::uint64_t fail_at = never;    ///< the number of the call that fails, from 1
  bool from_then_on = false;        ///< and all that follow
  int error = 5;                    ///< EIO
  std::optional<StorageCall> only;  ///< counts and fails these alone
  bool short_writes = false;        ///< a write of several bytes writes half of them

  std::uint64_t calls = 0;
  std::uint64_t fired = 0;

  /// The error of the call that is being made; 0: it goes on.
  int next(StorageCall call) noexcept {
    if (only && *only != call) return 0;
    ++calls;
    if (fail_at == never || calls < fail_at || (calls > fail_at && !from_then_on)) return 0;
    ++fired;
    return error;
  }
};

}  // namespace gauntlet
