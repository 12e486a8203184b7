#include "scenarios/crash_recovery/throughput.hpp"

#include <algorithm>

namespace gauntlet {

namespace {

constexpr std::int64_t window_ns = 20'000'000;
constexpr std::int64_t step_ns = 1'000'000;

double middle_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// Of sorted times, those in [from, until).
double between(const std::vector<std::int64_t>& times, std::int64_t from, std::int64_t until) {
  return static_cast<double>(std::ranges::lower_bound(times, until) - std::ranges::lower_bound(times, from));
}

}  // namespace

std::optional<double> ms_back_to_throughput(std::vector<std::int64_t> answers_ns, const std::vector<ServerLife>& lives,
                                            double share) {
  std::ranges::sort(answers_ns);
  std::vector<double> rates;
  for (const ServerLife& life : lives) {
    const std::int64_t middle = life.open_ns + (life.end_ns - life.open_ns) / 2;
    if (life.end_ns - middle < window_ns) continue;
    rates.push_back(between(answers_ns, middle, life.end_ns) / static_cast<double>(life.end_ns - middle));
  }
  if (rates.empty()) return std::nullopt;
  const double wanted = share * middle_of(rates) * static_cast<double>(window_ns);
  std::vector<double> times_ms;
  for (const ServerLife& life : lives) {
    if (life.crash_before_ns == 0) continue;
    std::int64_t from = life.open_ns;
    while (from + window_ns <= life.end_ns && between(answers_ns, from, from + window_ns) < wanted) from += step_ns;
    if (from + window_ns > life.end_ns) continue;
    times_ms.push_back(static_cast<double>(from - life.crash_before_ns) * 1e-6);
  }
  if (times_ms.empty()) return std::nullopt;
  return middle_of(std::move(times_ms));
}

}  // namespace gauntlet
