// What a scenario may ask of the harness, which implements it.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/info.hpp"

namespace gauntlet {

enum class Protocol { http, echo };
/// closed: each connection sends when it was answered. open: requests are due on a schedule. idle: connections stand
/// open and nothing is sent; the window tells what the subject consumes meanwhile.
enum class Pacing { closed, open, idle };
enum class Arrival { poisson, constant };

/// A share of an open loop's requests, by chance, that asks for something else (http).
struct OtherKind {
  double share = 0;  ///< of all requests; 0: there is none
  std::string path;
  std::string expect_body;
};

/// The window of an open loop begins at another rate, such as one that is too much.
struct Surge {
  double rate_rps = 0;
  double duration_s = 0;  ///< 0: there is none
};

/// Load offered by the generator process. All durations in seconds.
struct LoadPlan {
  Protocol protocol = Protocol::http;
  std::string method = "GET";
  std::string path = "/plaintext";
  std::string body;                  ///< request body (http)
  int expect_status = 200;           ///< every answer is checked against status and body
  std::string expect_body;           ///< exact body; empty: only status and framing are checked
  std::uint32_t payload_bytes = 64;  ///< echo message size
  std::uint32_t connections = 64;
  std::uint32_t pipeline = 1;  ///< requests outstanding per connection (closed loop)
  bool reconnect = false;      ///< a connection carries one request, then it is closed and opened anew
  Pacing pacing = Pacing::open;
  Arrival arrival = Arrival::poisson;
  double rate_rps = 0;  ///< offered rate, open loop only
  std::uint64_t seed = 1;
  double warmup_cap_s = 1;  ///< warm-up ends when the throughput slope is flat, or here
  double duration_s = 1;
  bool count_events = false;  ///< also the Consumption's system calls and hardware events, where the machine can
  OtherKind other = {};
  Surge surge = {};
  bool counts_shed = false;  ///< an answer 503 is load that was shed, and no error (http)
  double patience_s = 0;     ///< an arrival that finds no free connection for so long is abandoned (open); 0: never
  double objective_us = 0;   ///< an answer within it, from the intended send time, is a good one
  double interval_s = 0;     ///< of LoadOutcome::intervals; 0: none are kept
  /// Of what is stored beside the histograms: latency (open loop) and the subject's consumption in each part of the
  /// window. 0: nothing is.
  double timeline_interval_s = 0;
};

/// Microseconds. Absent where too few samples stand behind a percentile.
struct Percentiles {
  std::uint64_t samples = 0;
  double mean = 0, p50 = 0, p90 = 0, max = 0;
  std::optional<double> p99, p999, p9999;
};

/// What the subject consumed in a window. Counted from outside, without disturbing it.
struct Consumption {
  double window_s = 0;
  double cpu_s = 0;  ///< user+system, all threads
  std::uint64_t voluntary_switches = 0, involuntary_switches = 0;
  std::uint64_t rss_bytes = 0;       ///< at the end of the window
  std::uint64_t rss_peak_bytes = 0;  ///< since the process started
  std::uint64_t page_faults = 0;
  std::optional<double> migrations = {};  ///< of threads between CPUs; absent where the scheduler does not tell
  // Of a load with count_events only, and only what can be counted without disturbing the subject.
  std::optional<double> system_calls = {};
  std::optional<double> cycles = {}, instructions = {};
};

/// A part of the window; answers count where they came.
struct LoadInterval {
  std::uint64_t completed = 0;  ///< verified answers
  std::uint64_t good = 0;       ///< of these, within the objective
};

struct LoadOutcome {
  double duration_s = 0;        ///< the measured window
  std::uint64_t scheduled = 0;  ///< arrivals due in the window (open loop)
  std::uint64_t sent = 0;
  std::uint64_t completed = 0;                            ///< verified answers in the window
  std::uint64_t errors = 0;                               ///< wrong, missing or refused answers; never throughput
  std::uint64_t unanswered = 0;                           ///< of these, missing when the load ended
  std::string first_error;                                ///< the first wrong answer, shown
  Percentiles corrected;                                  ///< from the intended send time, but for those in `apart`
  Percentiles uncorrected;                                ///< of the same, from the actual send time
  double lag_p50_us = 0, lag_p99_us = 0, lag_max_us = 0;  ///< actual minus intended send time
  double generator_cpu_s = 0;
  bool steady = true;
  Consumption subject;            ///< over the same window
  std::vector<Warning> warnings;  ///< `disturbed` among them: others used the machine meanwhile
  std::uint64_t shed = 0;         ///< with counts_shed, requests of the window that were answered 503
  std::uint64_t abandoned = 0;    ///< arrivals of the window that were never sent, for want of patience
  Percentiles apart = {};         ///< of the other kind, and of the surge: from the intended send time
  std::vector<LoadInterval> intervals = {};
};

/// What a tracer saw of a load. It slows the subject, so no other figure of that load counts.
struct TracedLoad {
  std::uint64_t system_calls = 0;  ///< from before the first connection until after the last
  std::uint64_t completed = 0;     ///< verified answers
};

/// The harness, as a scenario sees it. Every call blocks; failures are SubjectFailure.
class Bench {
 public:
  virtual ~Bench() = default;
  virtual const Parameters& parameters() const = 0;
  /// Starts the subject and waits until it is ready. At most one subject at a time.
  virtual void start() = 0;
  /// Runs the load generator against the subject. `label` names the stored histograms.
  virtual LoadOutcome offer(const LoadPlan& plan, std::string_view label) = 0;
  /// The same under a tracer. Where none can be attached, the sentence that says why.
  virtual std::expected<TracedLoad, std::string> offer_traced(const LoadPlan& plan) = 0;
  /// Leaves the subject alone for `window` and tells what it consumed meanwhile.
  virtual Consumption observe(std::chrono::nanoseconds window) = 0;
  /// SIGSTOP, then SIGCONT.
  virtual void pause() = 0;
  virtual void resume() = 0;
  virtual void kill(int signal) = 0;
  /// From here on the subject may end at any time, in whatever way: it was told to. await_report() is then empty if it
  /// ends first.
  virtual void expect_death() = 0;
  /// Behind kill() or expect_death(): the signal that ended the subject, 0 if it exited; none if it lives on.
  virtual std::optional<int> await_death(std::chrono::nanoseconds limit) = 0;
  /// Starts a fresh subject process after kill(), or in the place of one that has died as expected.
  virtual void restart() = 0;
  virtual void tell(std::string_view command) = 0;
  virtual std::map<std::string, double> await_report(std::chrono::nanoseconds limit) = 0;
  /// Stores how long each of many like things took, as the histogram `tag` of the run. After its loads, if there are
  /// any.
  virtual void keep_times(std::string_view tag, std::span<const double> times_ms) = 0;
  /// Orderly stop. Returns what the subject consumed since it became ready.
  virtual Consumption stop() = 0;
};

/// The subject died, hung, or broke the protocol. Ends the run as `failed`.
class SubjectFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace gauntlet
