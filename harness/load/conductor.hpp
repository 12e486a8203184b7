// When the measured window begins and ends: one clock for all generator threads, and the subject's consumption over it.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "harness/load/warmup.hpp"
#include "harness/measure/event_counters.hpp"
#include "harness/measure/process_sample.hpp"
#include "harness/measure/resource_lanes.hpp"
#include "harness/measure/resource_sampler.hpp"
#include "scenarios/bench.hpp"

namespace gauntlet {

inline constexpr std::int64_t kNever_ns = std::numeric_limits<std::int64_t>::max();
inline constexpr std::int64_t kWarmupTick_ns = 50'000'000;

class Conductor {
 public:
  Conductor(const LoadPlan& plan, pid_t subject, std::uint32_t threads);

  // Any thread.
  /// kNever_ns until warm-up has ended. All threads compare the clock with it; nobody waits for another.
  std::int64_t window_start_ns() const { return window_start_ns_.load(std::memory_order_acquire); }
  std::int64_t window_length_ns() const { return window_length_ns_; }
  /// Right answers so far of one thread, which alone adds to it.
  std::atomic<std::uint64_t>& answers_of(std::uint32_t thread) { return answers_[thread].count; }

  // The first thread only.
  /// To be called every kWarmupTick_ns while the window has no start.
  void on_warmup_tick(std::int64_t now_ns);
  /// To be called when the clock has passed the window's edges.
  void on_window_start();
  void on_window_end();
  /// When the subject is to be looked at for its next lane interval; kNever_ns: not any more, or nobody asked.
  std::int64_t next_lane_ns() const { return next_lane_ns_; }
  /// To be called when that has come, or soon after it.
  void sample_lane();

  // After all threads have ended.
  bool is_steady() const { return steady_; }
  const Consumption& subject() const { return consumed_; }
  /// What it consumed from sample to sample.
  const std::vector<ResourceInterval>& lanes() const { return lanes_; }
  /// Why the subject's consumption is not known; empty when it is, or when nobody asked.
  const std::string& subject_error() const { return subject_error_; }
  /// What was to be counted and could not be; empty when nothing is missing.
  std::string events_missing() const { return events_ ? events_->why_absent() : std::string(); }

 private:
  struct alignas(64) Counter {
    std::atomic<std::uint64_t> count = 0;
  };

  std::uint64_t answers() const;
  void start_window();
  void add_lane_interval();

  std::int64_t window_length_ns_;
  std::int64_t warmup_cap_ns_;
  pid_t subject_;
  std::deque<Counter> answers_;
  std::atomic<std::int64_t> window_start_ns_ = kNever_ns;

  WarmupDetector detector_;
  std::optional<std::int64_t> warmup_start_ns_;
  std::uint64_t answers_at_last_tick_ = 0;
  bool steady_ = false;
  bool count_events_;
  std::optional<EventCounters> events_;
  EventCounts events_before_;
  ProcessSample before_;
  Consumption consumed_;
  std::string subject_error_;

  const std::int64_t lane_interval_ns_;
  std::optional<ResourceSampler> sampler_;
  ProcessSample last_look_;
  std::int64_t next_lane_ns_ = kNever_ns;
  std::vector<ResourceInterval> lanes_;
};

}  // namespace gauntlet
