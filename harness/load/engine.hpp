// One generator thread: its connections, its share of the schedule, its counts.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/load/address.hpp"
#include "harness/load/conductor.hpp"
#include "harness/load/connection.hpp"
#include "harness/load/exchange.hpp"
#include "harness/load/schedule.hpp"
#include "harness/load/tally.hpp"
#include "scenarios/bench.hpp"

namespace gauntlet {

/// Constructed anywhere, then used by one thread. `plan`, `address` and `conductor` must outlive it.
///
/// Open loop: the schedule itself is the queue. An arrival is taken from it when it is due and a connection is idle, in
/// order; while none is idle, arrivals wait in the schedule, and their latency counts from their time all the same.
class Engine {
 public:
  Engine(const LoadPlan& plan, const Address& address, Conductor& conductor, std::uint32_t thread,
         std::uint32_t threads);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Opens every connection, or says which address refuses and why. Bounded in time.
  std::expected<void, std::string> connect_all();
  /// Warm-up, window, drain. Returns when every request of the window is answered or given up.
  void run();
  const Tally& tally() const { return tally_; }

 private:
  static constexpr std::size_t kEventsAtOnce = 256;

  // Time. Every reading of the clock goes through read_clock(), which lets nothing pass unnoticed.
  std::int64_t read_clock();
  void on_mark(std::int64_t now_ns);
  void enter_window();
  void leave_window();
  double busy_share_since_start(std::int64_t now_ns) const;
  bool is_measured(std::int64_t time_ns) const { return time_ns >= window_start_ns_ && time_ns < window_end_ns_; }
  bool is_finished(std::int64_t now_ns) const;

  // The loop.
  int wait(std::int64_t now_ns);
  bool sample_lane(std::int64_t now_ns);
  bool release_arrivals(std::int64_t now_ns);
  void abandon_arrivals(std::int64_t now_ns);
  void advance_arrival();
  std::optional<std::uint32_t> take_idle();
  void list_idle(std::uint32_t index, std::int64_t now_ns);
  void count_unanswered();

  // One connection.
  void handle(const epoll_event& event);
  void on_ready(std::uint32_t index, std::int64_t now_ns);
  void on_writable(std::uint32_t index);
  void on_readable(std::uint32_t index);
  std::uint32_t take_answers(std::uint32_t index, std::string_view fresh, std::int64_t now_ns);
  void finish_front(std::uint32_t index, const Answer& answer, std::int64_t now_ns);
  void count_right(const PendingRequest& request, std::int64_t now_ns);
  void record_corrected(std::int64_t intended_ns, std::int64_t latency_ns);
  bool is_apart(const PendingRequest& request) const { return request.is_other || request.intended_ns < surge_end_ns_; }
  Exchange& exchange_of(const PendingRequest& request) { return request.is_other ? *other_exchange_ : *exchange_; }
  void go_on(std::uint32_t index, std::uint32_t answered, std::int64_t now_ns);
  void send_arrival(std::uint32_t index, std::int64_t now_ns);
  void send(std::uint32_t index, std::uint32_t count, PendingRequest request);
  void watch(std::uint32_t index, int operation, bool writable);

  // Loss and return.
  void connect(std::uint32_t index);
  void on_connected(std::uint32_t index);
  void on_refused(std::uint32_t index, int error);
  void give_up(std::uint32_t index, ErrorKind kind, const std::string& why);
  void drop_requests(std::uint32_t index, ErrorKind first_kind, ErrorKind other_kind, const std::string& why);
  void retry_later(std::uint32_t index);
  void retry_lost(std::int64_t now_ns);

  const LoadPlan& plan_;
  const Address& address_;
  Conductor& conductor_;
  const std::uint32_t thread_;
  const std::uint32_t threads_;
  const bool is_open_;
  const std::int64_t patience_ns_, objective_ns_, interval_ns_, timeline_interval_ns_;
  std::unique_ptr<Exchange> exchange_;
  std::unique_ptr<Exchange> other_exchange_;
  std::vector<Connection> connections_;
  int epoll_fd_ = -1;
  std::array<epoll_event, kEventsAtOnce> events_{};
  std::vector<char> buffer_;

  std::vector<std::uint32_t> idle_;  ///< ring of connections, longest idle first
  std::size_t first_idle_ = 0;
  std::size_t idle_count_ = 0;
  std::vector<std::uint32_t> lost_;

  Schedule schedule_;
  std::int64_t schedule_start_ns_ = kNever_ns;
  std::int64_t next_arrival_ns_ = kNever_ns;
  bool next_is_other_ = false;
  Random kinds_;
  std::int64_t surge_end_ns_ = 0;
  bool in_surge_ = false;  ///< the schedule is that of the surge

  std::int64_t window_start_ns_ = kNever_ns;
  std::int64_t window_end_ns_ = kNever_ns;
  std::int64_t drain_end_ns_ = kNever_ns;
  std::int64_t next_mark_ns_ = 0;  ///< the earliest of the three below
  std::int64_t next_edge_ns_ = kNever_ns;
  std::int64_t next_tick_ns_ = 0;
  std::int64_t next_sample_ns_ = kNever_ns;
  std::int64_t next_lane_ns_ = kNever_ns;  ///< no mark: it may be late
  bool in_window_ = false;

  std::uint64_t next_id_ = 1;
  std::uint64_t in_flight_ = 0;
  std::uint64_t measured_in_flight_ = 0;
  std::uint64_t answers_ = 0;
  bool is_spinning_ = false;
  std::int64_t spin_ns_ = 0;
  std::int64_t cpu_at_start_ns_ = 0;
  Random sampling_;
  Tally tally_;
};

}  // namespace gauntlet
