#include "harness/load/validity.hpp"

#include <fmt/format.h>

#include <cmath>

namespace gauntlet {
namespace {

using Severity = Warning::Severity;

void judge_headroom(const Tally& tally, std::vector<Warning>& warnings) {
  if (tally.busy_share <= kBusyLimit) return;
  warnings.push_back(
      {Severity::note, "generator_bound",
       fmt::format("the generator worked for {:.0f} % of the window: the figure may be its limit and not "
                   "the subject's; give it another CPU or offer less",
                   100 * tally.busy_share)});
}

// Arrivals that did not leave had no free connection. That is the subject's doing, unless the generator was too busy to
// see that one had become free.
void judge_schedule(const Tally& tally, std::vector<Warning>& warnings) {
  const double share = static_cast<double>(tally.sent) / static_cast<double>(tally.scheduled);
  if (tally.scheduled == 0 || share >= kSentLimit) return;
  const std::string counts = fmt::format("{} of {} requests left in their window", tally.sent, tally.scheduled);
  if (tally.busy_share > kBusyLimit) {
    warnings.push_back({Severity::invalid, "schedule_missed",
                        counts + ": the generator could not keep its schedule; offer less, or give it more threads"});
  } else {
    warnings.push_back({Severity::note, "overloaded",
                        counts + ": every connection waited for the subject, which was slower than the offered rate"});
  }
}

void judge_lag(const Tally& tally, std::vector<Warning>& warnings) {
  const double lag_us = static_cast<double>(tally.lag.percentile(99)) / 1000;
  if (lag_us <= kLagNote_us) return;
  warnings.push_back({lag_us > kLagInvalid_us ? Severity::invalid : Severity::note, "schedule_lag",
                      fmt::format("1 % of the requests left more than {:.1f} ms late though a connection was free: the "
                                  "generator did not get its CPU in time",
                                  lag_us / 1000)});
}

double mean_in_flight_ns(const Tally& tally) {
  const auto main = static_cast<double>(tally.uncorrected.count());
  const auto aside = static_cast<double>(tally.set_aside.count());
  if (main + aside == 0) return 0;
  return (main * tally.uncorrected.mean() + aside * tally.set_aside.mean()) / (main + aside);
}

void judge_in_flight(const LoadPlan& plan, const Tally& tally, std::vector<Warning>& warnings) {
  const auto instants = static_cast<double>(tally.in_flight.instants);
  const double sampled = instants > 0 ? static_cast<double>(tally.in_flight.sum) / instants : 0;
  // The rate is that of the window: the histograms also hold answers of the drain.
  const double rate = static_cast<double>(tally.completed + tally.shed) / plan.duration_s;
  const double expected = rate * mean_in_flight_ns(tally) / 1e9;
  // Too little to compare; and requests without an answer are in flight, but have no latency.
  if (sampled <= 0 || expected <= 0 || tally.all_errors() > 0) return;
  const double chance = 4 / std::sqrt(sampled * instants);
  if (std::abs(sampled - expected) <= (kLittleLimit + chance) * expected) return;
  warnings.push_back({Severity::note, "littles_law",
                      fmt::format("{:.2f} requests were in flight on average, but rate times latency says {:.2f}: "
                                  "latencies or counts miss something",
                                  sampled, expected)});
}

}  // namespace

std::vector<Warning> judge_generator(const LoadPlan& plan, const Tally& tally, bool steady) {
  std::vector<Warning> warnings;
  judge_headroom(tally, warnings);
  judge_schedule(tally, warnings);
  judge_lag(tally, warnings);
  judge_in_flight(plan, tally, warnings);
  if (!steady && plan.pacing != Pacing::idle) {
    warnings.push_back({Severity::note, "not_steady",
                        fmt::format("the subject had not settled when warm-up was cut at {} s", plan.warmup_cap_s)});
  }
  if (tally.warmup_errors > 0) {
    warnings.push_back(
        {Severity::note, "warmup_errors",
         fmt::format("{} wrong answers during warm-up, the first: {}", tally.warmup_errors, tally.first_warmup_error)});
  }
  if (tally.reconnects > 0 && !plan.reconnect) {
    warnings.push_back({Severity::note, "reconnected",
                        fmt::format("connections were lost and opened again {} times", tally.reconnects)});
  }
  return warnings;
}

}  // namespace gauntlet
