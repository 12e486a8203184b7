// From the samples that `perf script` prints to folded stacks: one line per different stack, with its count.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gauntlet {

/// Reads text of `perf script --ns -F comm,tid,time,event,ip,sym,dso`, whose times are of the monotonic clock
/// (`perf record -k CLOCK_MONOTONIC`). What it holds is bounded, whatever it is given. Not thread-safe.
class StackFolder {
 public:
  struct Window {
    std::int64_t start_ns = 0, end_ns = 0;
  };

  /// Samples outside of all windows are left out; without windows every sample counts.
  explicit StackFolder(std::vector<Window> windows) : windows_(std::move(windows)) {}

  /// The next piece of the text, cut anywhere.
  void add(std::string_view piece);
  /// The text has ended.
  void finish();

  /// `THREAD;OUTERMOST;...;INNERMOST COUNT`, heaviest first. Kernel frames end in `_[k]`, and one without a symbol is
  /// its file's name in brackets. What is beyond kMostStacks or kMostBytes counts in `THREAD;[other stacks]`.
  std::string folded() const;
  std::uint64_t samples() const { return samples_; }
  /// As perf calls it, without modifiers; empty without samples.
  const std::string& event() const { return event_; }
  /// The event was not allowed to look into the kernel.
  bool user_only() const { return user_only_; }

  static constexpr std::size_t kMostStacks = 4000;
  static constexpr std::size_t kMostBytes = 512 << 10;

 private:
  void take_line(std::string_view line);
  void take_header(std::string_view line);
  void take_frame(std::string_view line);
  void end_sample();
  bool is_inside(std::int64_t time_ns) const;

  const std::vector<Window> windows_;
  std::string unfinished_line_;
  bool in_sample_ = false, counts_ = false;
  std::string thread_;
  std::vector<std::string> frames_;  ///< innermost first, as perf prints them
  std::map<std::string, std::uint64_t> stacks_;
  std::map<std::string, std::uint64_t> others_;  ///< by thread, of stacks that came when stacks_ was full
  std::uint64_t samples_ = 0;
  std::string event_;
  bool user_only_ = false;
};

}  // namespace gauntlet
