#include "scenarios/scheduling/figures.hpp"

namespace gauntlet {

namespace {

std::chrono::nanoseconds milliseconds(double count) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double, std::milli>(count));
}

std::uint64_t whole(const Parameters& parameters, const char* name) {
  return static_cast<std::uint64_t>(parameters.integer(name));
}

}  // namespace

Sizes::Sizes(const Parameters& parameters)
    : budget(milliseconds(parameters.real("budget_ms"))),
      timers(whole(parameters, "timers")),
      timer_span(milliseconds(parameters.real("timer_span_ms"))),
      wakes(whole(parameters, "wakes")),
      skynet_leaves(whole(parameters, "skynet_leaves")),
      fib_n(whole(parameters, "fib_n")),
      ring_tasks(whole(parameters, "ring_tasks")) {}

void add_lateness(Figures& figures, const Lateness& lateness) {
  if (const auto p50 = lateness.percentile_us(50)) figures["timer_lateness_p50_us"] = *p50;
  if (const auto p99 = lateness.percentile_us(99)) figures["timer_lateness_p99_us"] = *p99;
  figures[wrong_figure] += static_cast<double>(lateness.wrong());
}

std::uint64_t skynet_sum(std::uint64_t leaves) { return leaves * (leaves - 1) / 2; }

std::uint64_t fibonacci(std::uint64_t n) {
  std::uint64_t here = 0, next = 1;
  for (std::uint64_t i = 0; i < n; ++i) {
    const std::uint64_t after = here + next;
    here = next;
    next = after;
  }
  return here;
}

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace gauntlet
