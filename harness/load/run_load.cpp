#include "harness/load/run_load.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <cassert>
#include <cerrno>
#include <cstring>
#include <deque>
#include <thread>

#include "harness/load/address.hpp"
#include "harness/load/engine.hpp"
#include "harness/load/validity.hpp"
#include "harness/measure/histogram_codec.hpp"
#include "harness/measure/percentile_table.hpp"

namespace gauntlet {
namespace {

std::expected<void, std::string> pin(const std::vector<int>& cpus) {
  if (cpus.empty()) return {};
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : cpus) CPU_SET(static_cast<std::size_t>(cpu), &set);
  if (sched_setaffinity(0, sizeof set, &set) == 0) return {};
  return std::unexpected(fmt::format("cannot stay on CPUs {}: {}", fmt::join(cpus, ","), std::strerror(errno)));
}

LoadResult summarise(const LoadRequest& request, const Tally& tally, const Conductor& conductor) {
  LoadResult result;
  LoadOutcome& outcome = result.outcome;
  outcome.duration_s = request.plan.duration_s;
  outcome.scheduled = tally.scheduled;
  outcome.sent = tally.sent;
  outcome.completed = tally.completed;
  outcome.errors = tally.all_errors();
  outcome.unanswered = tally.errors[static_cast<std::size_t>(ErrorKind::unanswered)];
  outcome.first_error = tally.first_error;
  outcome.shed = tally.shed;
  outcome.abandoned = tally.abandoned;
  outcome.apart = summarise(tally.apart);
  outcome.intervals = tally.intervals;
  // Without a schedule, the time that a request is sent is the time that was intended for it.
  const Histogram& corrected = request.plan.pacing == Pacing::open ? tally.corrected : tally.uncorrected;
  outcome.corrected = summarise(corrected);
  outcome.uncorrected = summarise(tally.uncorrected);
  outcome.lag_p50_us = static_cast<double>(tally.lag.percentile(50)) / 1000;
  outcome.lag_p99_us = static_cast<double>(tally.lag.percentile(99)) / 1000;
  outcome.lag_max_us = static_cast<double>(tally.lag.max()) / 1000;
  outcome.generator_cpu_s = tally.cpu_s - tally.spin_s;
  outcome.steady = conductor.is_steady();
  outcome.subject = conductor.subject();
  outcome.warnings = judge_generator(request.plan, tally, outcome.steady);
  if (!conductor.subject_error().empty()) {
    outcome.warnings.push_back({Warning::Severity::invalid, "subject_gone",
                                "what the subject consumed is not known: " + conductor.subject_error()});
  }
  if (std::string missing = conductor.events_missing(); !missing.empty()) {
    outcome.warnings.push_back({Warning::Severity::note, "events_not_counted", std::move(missing)});
  }
  for (std::size_t kind = 0; kind < tally.errors.size(); ++kind) {
    if (tally.errors[kind] > 0) result.error_kinds[kErrorKindNames[kind]] = tally.errors[kind];
  }
  result.corrected_histogram = encode_compressed(corrected);
  result.uncorrected_histogram = encode_compressed(tally.uncorrected);
  result.generator_spin_s = tally.spin_s;
  result.window_start_ns = conductor.window_start_ns();
  for (const Histogram& interval : tally.timeline) result.timeline.latency.push_back(encode_compressed(interval));
  result.timeline.lanes = conductor.lanes();
  return result;
}

}  // namespace

std::expected<LoadResult, std::string> run_load(const LoadRequest& request) {
  assert(why_invalid(request).empty());
  if (auto pinned = pin(request.cpus); !pinned) return std::unexpected(pinned.error());
  const auto address = resolve_address(request.host, request.port);
  if (!address) return std::unexpected(address.error());

  Conductor conductor(request.plan, request.subject_pid, request.threads);
  std::deque<Engine> engines;
  for (std::uint32_t thread = 0; thread < request.threads; ++thread) {
    Engine& engine = engines.emplace_back(request.plan, *address, conductor, thread, request.threads);
    if (auto connected = engine.connect_all(); !connected) return std::unexpected(connected.error());
  }
  {
    std::deque<std::jthread> others;
    for (std::size_t thread = 1; thread < engines.size(); ++thread) {
      others.emplace_back([&engine = engines[thread]] { engine.run(); });
    }
    engines.front().run();
  }
  Tally tally;
  for (const Engine& engine : engines) tally.merge(engine.tally());
  return summarise(request, tally, conductor);
}

}  // namespace gauntlet
