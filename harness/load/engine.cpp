#include "harness/load/engine.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cerrno>

#include "harness/measure/monotonic_clock.hpp"
#include "harness/measure/process_sample.hpp"

namespace gauntlet {
namespace {

// A timer wakes a thread some tens of microseconds late; the rest is spent in a loop, which is on time.
constexpr std::int64_t kSpin_ns = 50'000;
constexpr std::int64_t kDrainLimit_ns = 2'000'000'000;
constexpr double kMeanSamplingGap_ns = 100'000;
constexpr std::uint64_t kWarmupSeed = 0x77a7'33d0'0f5e'ed01;
constexpr std::uint64_t kKindsSeed = 0x0ddb'a11c'0ffe'e123;
constexpr std::size_t kReceiveBytes = 64 << 10;

// Looking at the subject takes some tens of microseconds, in which nothing is sent or received.
constexpr std::int64_t kLeisure_ns = 100'000;
constexpr std::int64_t kLongestLaneDelay_ns = 10'000'000;

std::int64_t to_ns(double seconds) { return static_cast<std::int64_t>(seconds * 1e9); }

}  // namespace

Engine::Engine(const LoadPlan& plan, const Address& address, Conductor& conductor, std::uint32_t thread,
               std::uint32_t threads)
    : plan_(plan),
      address_(address),
      conductor_(conductor),
      thread_(thread),
      threads_(threads),
      is_open_(plan.pacing == Pacing::open),
      patience_ns_(to_ns(plan.patience_s)),
      objective_ns_(to_ns(plan.objective_us * 1e-6)),
      interval_ns_(to_ns(plan.interval_s)),
      timeline_interval_ns_(to_ns(plan.timeline_interval_s)),
      exchange_(make_exchange(plan, address.text)),
      other_exchange_(make_other_exchange(plan, address.text)),
      epoll_fd_(epoll_create1(EPOLL_CLOEXEC)),
      buffer_(kReceiveBytes),
      schedule_(plan.arrival, is_open_ ? plan.rate_rps : 1, plan.seed ^ kWarmupSeed, thread, threads),
      kinds_(plan.seed ^ kKindsSeed ^ thread),
      sampling_(plan.seed + thread) {
  assert(epoll_fd_ >= 0);
  const std::uint32_t share = plan.connections / threads + (thread < plan.connections % threads ? 1 : 0);
  connections_.reserve(share);
  for (std::uint32_t i = 0; i < share; ++i) connections_.emplace_back(plan.pipeline);
  idle_.resize(std::bit_ceil(std::size_t{share}));
  if (interval_ns_ > 0) {
    tally_.intervals.resize(static_cast<std::size_t>((conductor.window_length_ns() - 1) / interval_ns_ + 1));
  }
  if (is_open_ && timeline_interval_ns_ > 0) {
    const auto count = static_cast<std::size_t>((conductor.window_length_ns() - 1) / timeline_interval_ns_ + 1);
    tally_.timeline.assign(count, Histogram(kTimelineLayout));
  }
}

Engine::~Engine() { close(epoll_fd_); }

void Engine::run() {
  // The default slack of 50 us would be added to every wait.
  prctl(PR_SET_TIMERSLACK, 1);
  next_tick_ns_ = schedule_start_ns_ = monotonic_ns();
  if (is_open_) advance_arrival();
  for (std::uint32_t index = 0; index < connections_.size(); ++index) on_ready(index, schedule_start_ns_);

  std::int64_t last_ns = schedule_start_ns_;
  bool spun_for_nothing = false;
  for (;;) {
    const std::int64_t now_ns = read_clock();
    if (spun_for_nothing) spin_ns_ += now_ns - last_ns;
    last_ns = now_ns;
    if (is_finished(now_ns)) break;
    if (sample_lane(now_ns)) {
      spun_for_nothing = false;
      continue;
    }
    if (!lost_.empty()) retry_lost(now_ns);
    const bool released = release_arrivals(now_ns);
    const int count = wait(now_ns);
    for (int i = 0; i < count; ++i) handle(events_[static_cast<std::size_t>(i)]);
    spun_for_nothing = is_spinning_ && count <= 0 && !released;
  }
  count_unanswered();
}

std::int64_t Engine::read_clock() {
  const std::int64_t now_ns = monotonic_ns();
  if (now_ns >= next_mark_ns_) [[unlikely]] {
    on_mark(now_ns);
  }
  return now_ns;
}

void Engine::on_mark(std::int64_t now_ns) {
  // Instants that have passed since the clock was last read: nothing has changed in flight since then.
  for (; next_sample_ns_ <= now_ns && next_sample_ns_ < window_end_ns_;
       next_sample_ns_ += static_cast<std::int64_t>(kMeanSamplingGap_ns * sampling_.next_exponential())) {
    ++tally_.in_flight.instants;
    tally_.in_flight.sum += in_flight_;
  }
  if (now_ns >= next_tick_ns_) {
    if (thread_ == 0) conductor_.on_warmup_tick(now_ns);
    window_start_ns_ = conductor_.window_start_ns();
    next_tick_ns_ = now_ns + kWarmupTick_ns;
    if (window_start_ns_ != kNever_ns) {
      window_end_ns_ = window_start_ns_ + conductor_.window_length_ns();
      drain_end_ns_ = window_end_ns_ + kDrainLimit_ns;
      next_edge_ns_ = window_start_ns_;
      next_tick_ns_ = kNever_ns;
    }
  }
  while (now_ns >= next_edge_ns_) in_window_ ? leave_window() : enter_window();
  next_mark_ns_ = std::min({next_edge_ns_, next_tick_ns_, next_sample_ns_});
}

// Whatever warm-up left in its schedule is dropped, so that the window's schedule depends on the seed alone.
void Engine::enter_window() {
  in_window_ = true;
  next_edge_ns_ = window_end_ns_;
  next_sample_ns_ = window_start_ns_;
  if (is_open_) {
    in_surge_ = plan_.surge.duration_s > 0;
    if (in_surge_) surge_end_ns_ = window_start_ns_ + to_ns(plan_.surge.duration_s);
    const double rate_rps = in_surge_ ? plan_.surge.rate_rps : plan_.rate_rps;
    schedule_ = Schedule(plan_.arrival, rate_rps, plan_.seed, thread_, threads_);
    schedule_start_ns_ = window_start_ns_;
    kinds_ = Random(plan_.seed ^ kKindsSeed ^ thread_);
    advance_arrival();
  }
  if (thread_ == 0) {
    conductor_.on_window_start();
    next_lane_ns_ = conductor_.next_lane_ns();
  }
  cpu_at_start_ns_ = own_thread_cpu_ns();
  spin_ns_ = 0;
}

double Engine::busy_share_since_start(std::int64_t now_ns) const {
  const std::int64_t cpu_ns = own_thread_cpu_ns() - cpu_at_start_ns_;
  return static_cast<double>(cpu_ns - std::min(spin_ns_, cpu_ns)) / static_cast<double>(now_ns - window_start_ns_);
}

void Engine::leave_window() {
  in_window_ = false;
  next_edge_ns_ = kNever_ns;
  next_sample_ns_ = kNever_ns;
  const std::int64_t cpu_ns = own_thread_cpu_ns() - cpu_at_start_ns_;
  tally_.busy_share = std::max(tally_.busy_share, busy_share_since_start(window_end_ns_));
  if (thread_ == 0) conductor_.on_window_end();
  next_lane_ns_ = kNever_ns;
  // Spinning is timed by the wall: a thread that was preempted meanwhile did not use all of it.
  const std::int64_t spin_ns = std::min(spin_ns_, cpu_ns);
  tally_.cpu_s = static_cast<double>(cpu_ns) / 1e9;
  tally_.spin_s = static_cast<double>(spin_ns) / 1e9;
}

bool Engine::is_finished(std::int64_t now_ns) const {
  if (now_ns < window_end_ns_) return false;
  const bool is_drained = measured_in_flight_ == 0 && (!is_open_ || next_arrival_ns_ == kNever_ns);
  return is_drained || now_ns >= drain_end_ns_;
}

int Engine::wait(std::int64_t now_ns) {
  // With no idle connection an arrival has nowhere to go: nothing to be on time for.
  const std::int64_t next_arrival_ns = idle_count_ > 0 ? next_arrival_ns_ : kNever_ns;
  const std::int64_t exact_ns = std::min(next_arrival_ns, next_edge_ns_);
  is_spinning_ = exact_ns - now_ns <= kSpin_ns;
  std::int64_t wake_ns = std::min({exact_ns - kSpin_ns, next_tick_ns_, drain_end_ns_});
  if (next_lane_ns_ != kNever_ns) {
    wake_ns = std::min(wake_ns, now_ns < next_lane_ns_ ? next_lane_ns_ : next_lane_ns_ + kLongestLaneDelay_ns);
  }
  for (const std::uint32_t index : lost_) wake_ns = std::min(wake_ns, connections_[index].retry_at_ns);
  const std::int64_t timeout_ns = is_spinning_ ? 0 : std::max<std::int64_t>(wake_ns - now_ns, 0);
  const timespec timeout{timeout_ns / 1'000'000'000, timeout_ns % 1'000'000'000};
  const int count = epoll_pwait2(epoll_fd_, events_.data(), kEventsAtOnce, &timeout, nullptr);
  assert(count >= 0 || errno == EINTR);
  return count;
}

// Put off until nothing is under way and nothing is due soon, so that no latency tells of it.
bool Engine::sample_lane(std::int64_t now_ns) {
  if (now_ns < next_lane_ns_) return false;
  const bool at_leisure = in_flight_ == 0 && std::min(next_arrival_ns_, next_edge_ns_) - now_ns > kLeisure_ns;
  if (!at_leisure && now_ns < next_lane_ns_ + kLongestLaneDelay_ns) return false;
  conductor_.sample_lane();
  next_lane_ns_ = conductor_.next_lane_ns();
  return true;
}

bool Engine::release_arrivals(std::int64_t now_ns) {
  bool released = false;
  abandon_arrivals(now_ns);
  while (next_arrival_ns_ <= now_ns) {
    const auto index = take_idle();
    if (!index) break;
    send_arrival(*index, now_ns);
    released = true;
    now_ns = read_clock();
  }
  return released;
}

void Engine::abandon_arrivals(std::int64_t now_ns) {
  if (patience_ns_ <= 0) return;
  for (; next_arrival_ns_ < now_ns - patience_ns_; advance_arrival()) {
    if (!is_measured(next_arrival_ns_)) continue;
    ++tally_.scheduled;
    ++tally_.abandoned;
  }
}

void Engine::advance_arrival() {
  next_arrival_ns_ = schedule_start_ns_ + schedule_.next();
  if (in_surge_ && next_arrival_ns_ >= surge_end_ns_) {
    in_surge_ = false;
    // What follows is quieter, and would hide that the surge was too much for this thread.
    tally_.busy_share = busy_share_since_start(monotonic_ns());
    schedule_ = Schedule(plan_.arrival, plan_.rate_rps, plan_.seed, thread_, threads_);
    schedule_start_ns_ = surge_end_ns_;
    next_arrival_ns_ = schedule_start_ns_ + schedule_.next();
  }
  if (other_exchange_) next_is_other_ = kinds_.next_uniform() < plan_.other.share;
  if (next_arrival_ns_ >= window_end_ns_) next_arrival_ns_ = kNever_ns;
}

std::optional<std::uint32_t> Engine::take_idle() {
  while (idle_count_ > 0) {
    const std::uint32_t index = idle_[first_idle_];
    first_idle_ = (first_idle_ + 1) & (idle_.size() - 1);
    --idle_count_;
    connections_[index].is_listed_idle = false;
    // It may have been lost since it was listed.
    if (connections_[index].state() == Connection::State::open) return index;
  }
  return std::nullopt;
}

void Engine::list_idle(std::uint32_t index, std::int64_t now_ns) {
  Connection& connection = connections_[index];
  connection.idle_since_ns = now_ns;
  if (connection.is_listed_idle) return;
  connection.is_listed_idle = true;
  idle_[(first_idle_ + idle_count_) & (idle_.size() - 1)] = index;
  ++idle_count_;
}

void Engine::count_unanswered() {
  for (std::uint32_t index = 0; index < connections_.size(); ++index) {
    drop_requests(index, ErrorKind::unanswered, ErrorKind::unanswered, "no answer until the drain ended");
  }
  for (; next_arrival_ns_ != kNever_ns; advance_arrival()) {
    ++tally_.scheduled;
    tally_.count_error(ErrorKind::unanswered, true, "no connection became free for a request until the drain ended");
  }
}

}  // namespace gauntlet
