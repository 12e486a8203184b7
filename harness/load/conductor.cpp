#include "harness/load/conductor.hpp"

#include "harness/measure/monotonic_clock.hpp"

namespace gauntlet {
namespace {

// Other threads look at the clock at least every kWarmupTick_ns; they must hear of the start before it comes.
constexpr std::int64_t kNotice_ns = 2'000'000;
constexpr std::int64_t kNoticeToOtherThreads_ns = 2 * kWarmupTick_ns;

std::optional<double> offered_per_tick(const LoadPlan& plan) {
  if (plan.pacing != Pacing::open) return std::nullopt;
  return plan.rate_rps * static_cast<double>(kWarmupTick_ns) / 1e9;
}

}  // namespace

Conductor::Conductor(const LoadPlan& plan, pid_t subject, std::uint32_t threads)
    : window_length_ns_(static_cast<std::int64_t>(plan.duration_s * 1e9)),
      warmup_cap_ns_(static_cast<std::int64_t>(plan.warmup_cap_s * 1e9)),
      subject_(subject),
      answers_(threads),
      detector_(offered_per_tick(plan)),
      count_events_(plan.count_events),
      lane_interval_ns_(static_cast<std::int64_t>(plan.timeline_interval_s * 1e9)) {}

void Conductor::on_warmup_tick(std::int64_t now_ns) {
  const std::uint64_t so_far = answers();
  // The first tick is where the first interval begins: it has nothing to count yet.
  if (!warmup_start_ns_) {
    warmup_start_ns_ = now_ns;
  } else {
    detector_.add(so_far - answers_at_last_tick_);
  }
  answers_at_last_tick_ = so_far;
  steady_ = detector_.is_steady();
  if (steady_ || now_ns - *warmup_start_ns_ >= warmup_cap_ns_) start_window();
}

// Sampling takes tens of microseconds, so the window starts a little after it and feels nothing of it; CPU time, which
// is what counts most and costs one system call, is read again on the edge.
void Conductor::start_window() {
  if (subject_ != 0) {
    if (count_events_) events_.emplace(subject_);
    if (lane_interval_ns_ > 0) {
      sampler_.emplace(subject_);
      lanes_.reserve(static_cast<std::size_t>(window_length_ns_ / lane_interval_ns_ + 1));
      if (const auto look = sampler_->look()) last_look_ = *look;
    }
    if (auto sample = sample_process(subject_)) {
      before_ = *sample;
    } else {
      subject_error_ = sample.error();
    }
  }
  const std::int64_t notice_ns = answers_.size() == 1 ? kNotice_ns : kNoticeToOtherThreads_ns;
  window_start_ns_.store(monotonic_ns() + notice_ns, std::memory_order_release);
}

void Conductor::on_window_start() {
  if (subject_ == 0 || !subject_error_.empty()) return;
  const auto cpu_ns = process_cpu_ns(subject_);
  if (!cpu_ns) {
    subject_error_ = cpu_ns.error();
    return;
  }
  if (events_) events_before_ = events_->read();
  before_.taken_ns = monotonic_ns();
  before_.cpu_ns = *cpu_ns;
  last_look_.taken_ns = before_.taken_ns;
  last_look_.cpu_ns = before_.cpu_ns;
  if (sampler_) next_lane_ns_ = window_start_ns() + lane_interval_ns_;
}

void Conductor::sample_lane() {
  add_lane_interval();
  // The last one ends with the window, and is no sliver.
  const std::int64_t last_ns = window_start_ns() + window_length_ns_ - lane_interval_ns_ / 2;
  next_lane_ns_ += lane_interval_ns_;
  if (next_lane_ns_ > last_ns) next_lane_ns_ = kNever_ns;
}

void Conductor::add_lane_interval() {
  const auto look = sampler_->look();
  if (!look) return;
  lanes_.push_back(interval_between(last_look_, *look, window_start_ns()));
  last_look_ = *look;
}

void Conductor::on_window_end() {
  if (subject_ == 0 || !subject_error_.empty()) return;
  const EventCounts events = events_ ? events_->read() : EventCounts();
  if (const auto after = sample_process(subject_)) {
    consumed_ = consumption_between(before_, *after);
    consumed_.system_calls = events_between(events_before_.system_calls, events.system_calls);
    consumed_.cycles = events_between(events_before_.cycles, events.cycles);
    consumed_.instructions = events_between(events_before_.instructions, events.instructions);
  } else {
    subject_error_ = after.error();
  }
  if (sampler_) add_lane_interval();
}

std::uint64_t Conductor::answers() const {
  std::uint64_t sum = 0;
  for (const Counter& counter : answers_) sum += counter.count.load(std::memory_order_relaxed);
  return sum;
}

}  // namespace gauntlet
