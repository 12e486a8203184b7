// What one generator thread counted, and how the counts of several become one.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/load/exchange.hpp"
#include "harness/measure/histogram.hpp"
#include "scenarios/bench.hpp"

namespace gauntlet {

/// Requests in flight, looked at in random instants: independent of latencies, so that the two can be compared.
struct InFlightSamples {
  std::uint64_t instants = 0;
  std::uint64_t sum = 0;
};

/// Of the histograms of a timeline: a sixteenth of a value tells intervals apart, and a hundred of them stay small.
inline constexpr HistogramLayout kTimelineLayout{.significant_digits = 1};

struct Tally {
  std::uint64_t scheduled = 0;  ///< arrivals that were due in the window
  std::uint64_t sent = 0;       ///< requests of the window that left within it, give or take kSentGrace_ns
  std::uint64_t completed = 0;  ///< right answers that came within the window, whenever they were asked for
  std::array<std::uint64_t, kErrorKindNames.size()> errors{};  ///< of requests of the window
  std::string first_error;
  std::uint64_t warmup_errors = 0;
  std::string first_warmup_error;
  std::uint64_t reconnects = 0;  ///< in the window

  std::uint64_t shed = 0;       ///< requests of the window that the subject refused under load
  std::uint64_t abandoned = 0;  ///< arrivals of the window that nobody had the patience to send

  Histogram corrected;    ///< of right answers to requests of the window, from the intended time
  Histogram uncorrected;  ///< of the same, from the time they left
  Histogram apart;        ///< from the intended time, of right answers that are not in the two above
  Histogram set_aside;    ///< from the time they left, of all answers, shed ones too, that are not in the two above
  Histogram lag;          ///< from the time a request could have left (it was due, a connection was free) until it left
  InFlightSamples in_flight;
  std::vector<LoadInterval> intervals;
  std::vector<Histogram> timeline;  ///< what `corrected` counts, by the interval in which a request was due

  double cpu_s = 0;       ///< of the thread, in the window, spinning included
  double spin_s = 0;      ///< of the window: waited for the next arrival in a loop
  double busy_share = 0;  ///< of the window or of its surge, without spinning; of several threads the highest

  std::uint64_t all_errors() const;
  void count_error(ErrorKind kind, bool measured, const std::string& text);
  void merge(const Tally& other);
};

/// A request whose time comes just before the window ends leaves just after it; this late it still counts as sent.
inline constexpr std::int64_t kSentGrace_ns = 1'000'000;

}  // namespace gauntlet
