// The work on a file that runtimes and references share out among their lanes, and what came of it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/parameters.hpp"

namespace gauntlet {

enum class FileOperation { read, append };

/// What is done, and how much of it; the same for runtimes and references.
struct FileSizes {
  explicit FileSizes(const Parameters& parameters);

  FileOperation operation;
  std::uint32_t queue_depth;  ///< lanes: each has one operation under way
  bool direct;                ///< past the page cache
  std::uint64_t blocks;       ///< that are read, or appended at most
  std::chrono::nanoseconds duration;

  /// Of open(2), for the lanes.
  int open_flags() const noexcept;
};

/// What one lane has done. Written by the lane alone.
struct alignas(64) LaneLog {
  std::vector<std::uint32_t> latencies_ns;
  std::uint64_t errors = 0;  ///< failed, short, or with wrong content
  int first_errno = 0;       ///< 0: its content was wrong, or it was short
  std::uint64_t first_block = 0;

  void done(std::chrono::nanoseconds taken);
  /// `result`: bytes, or minus an errno. Counts what is not a whole right block.
  void check(std::int64_t result, bool is_right, std::uint64_t block);
};

/// Hands out block numbers until the time or the file is over. Any thread.
class FileWork {
 public:
  using Clock = std::chrono::steady_clock;

  explicit FileWork(const FileSizes& sizes) noexcept : sizes_(sizes) {}
  void last_until(Clock::time_point end) noexcept { end_ = end; }
  const FileSizes& sizes() const noexcept { return sizes_; }

  /// A block for the lane, whose `random` is its own state; nothing when it is over.
  std::optional<std::uint64_t> next(std::uint64_t& random) noexcept;
  /// Blocks that were handed out to be appended.
  std::uint64_t appended() const noexcept;

 private:
  const FileSizes sizes_;
  Clock::time_point end_;  ///< changes only while no lane runs
  std::atomic<std::uint64_t> cursor_{0};
};

using FileFigures = std::map<std::string, double>;

/// In FileFigures, beside the metrics.
namespace file_figure {
inline constexpr const char* errors = "errors";
inline constexpr const char* first_errno = "first_errno";
inline constexpr const char* first_block = "first_block";
inline constexpr const char* not_direct = "not_direct";  ///< 1: this folder has no way past the cache
}  // namespace file_figure

/// What the process has consumed and how long it took, from its construction on.
class FileWindow {
 public:
  FileWindow();
  /// The metrics of a window in which the lanes did what they logged.
  FileFigures figures(const std::vector<LaneLog>& lanes) const;

 private:
  struct Usage {
    double cpu_s = 0;
    double switches = 0;
    std::chrono::steady_clock::time_point at;
  };
  static Usage usage_now();

  Usage before_;
};

/// Before the window: threads are started and caches filled.
std::chrono::nanoseconds file_warm_up(const FileSizes& sizes) noexcept;

}  // namespace gauntlet
