#include "harness/stats/standing.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace gauntlet {
namespace {

bool is_contender(const ColumnSummary& column) { return column.role == Role::contender && column.arm == "a"; }

const double* median_of(const ColumnSummary& column, const std::string& metric) {
  const auto found = column.metrics.find(metric);
  return found == column.metrics.end() ? nullptr : &found->second.median;
}

/// The same comparison, told of the other side.
ComparisonSummary turned(const ComparisonSummary& comparison) {
  ComparisonSummary result = comparison;
  std::swap(result.a, result.b);
  PairedRatio& ratio = result.ratio;
  if (ratio.ratio) ratio.ratio = 1 / *ratio.ratio;
  if (ratio.interval) ratio.interval = Interval{1 / ratio.interval->high, 1 / ratio.interval->low};
  VerdictWord& word = result.verdict.word;
  if (word == VerdictWord::faster) {
    word = VerdictWord::slower;
  } else if (word == VerdictWord::slower) {
    word = VerdictWord::faster;
  }
  return result;
}

std::optional<ComparisonSummary> comparison_of(const CellSummary& cell, const std::string& metric,
                                               const std::string& of, const std::string& against) {
  for (const ComparisonSummary& comparison : cell.comparisons) {
    if (comparison.metric != metric) continue;
    if (comparison.a == of && comparison.b == against) return comparison;
    if (comparison.a == against && comparison.b == of) return turned(comparison);
  }
  return std::nullopt;
}

std::string with_change(std::string_view word, const PairedRatio& ratio) {
  if (!ratio.ratio) return std::string(word);
  std::string text = fmt::format("{}, {}", word, change_text(*ratio.ratio));
  if (ratio.interval) {
    text += fmt::format(" [{}, {}]", change_text(ratio.interval->low), change_text(ratio.interval->high));
  }
  return text;
}

std::string why_nobody(const CellSummary& cell) {
  const ComparisonSummary* unstable = nullptr;
  for (const ComparisonSummary& comparison : cell.comparisons) {
    if (comparison.metric == cell.plan.primary && comparison.verdict.word == VerdictWord::unstable) {
      unstable = &comparison;
    }
  }
  if (unstable == nullptr) return "No contender differs from another.";
  const auto noise = unstable->noise ? noise_factor({.interval = unstable->noise}) : std::nullopt;
  return fmt::format(
      "Nobody was told apart{}; a quieter machine or more rounds would help.",
      noise ? fmt::format(": one contender differs from itself by up to {:.0f} %", (*noise - 1) * 100) : "");
}

}  // namespace

std::vector<const ColumnSummary*> in_order(const CellSummary& cell, const std::string& metric) {
  std::vector<const ColumnSummary*> columns;
  for (const ColumnSummary& column : cell.columns) columns.push_back(&column);
  const MetricInfo* info = info_of(cell, metric);
  const bool lower = info == nullptr || info->better == Better::lower;
  const auto comes_before = [&](const ColumnSummary* x, const ColumnSummary* y) {
    if (is_contender(*x) != is_contender(*y)) return is_contender(*x);
    if (!is_contender(*x)) return x < y;
    const double* left = median_of(*x, metric);
    const double* right = median_of(*y, metric);
    if (left == nullptr || right == nullptr) return left != nullptr || (right == nullptr && x < y);
    if (*left == *right) return x < y;
    return lower ? *left < *right : *left > *right;
  };
  std::ranges::sort(columns, comes_before);
  return columns;
}

const ColumnSummary* leader_of(const CellSummary& cell, const std::string& metric) {
  const std::vector<const ColumnSummary*> columns = in_order(cell, metric);
  if (columns.empty() || !is_contender(*columns.front())) return nullptr;
  return median_of(*columns.front(), metric) == nullptr ? nullptr : columns.front();
}

std::string standing_of(const CellSummary& cell, const std::string& metric, const ColumnSummary& leader,
                        const ColumnSummary& column) {
  if (!is_contender(column) || &column == &leader) return "";
  const auto comparison = comparison_of(cell, metric, column.runtime, leader.runtime);
  if (!comparison) return "";
  switch (comparison->verdict.word) {
    case VerdictWord::same:
      return "same";
    case VerdictWord::unstable:
      return with_change("undecided", comparison->ratio);
    default:
      return with_change(word_of(comparison->verdict.word), comparison->ratio);
  }
}

std::string outcome_of(const CellSummary& cell) {
  const auto contenders = std::ranges::count_if(cell.columns, is_contender);
  if (contenders < 2) return "";
  std::size_t pairs = 0;
  for (const ComparisonSummary& comparison : cell.comparisons) pairs = std::max(pairs, comparison.ratio.pairs);
  if (pairs < kFewestForInterval) {
    return fmt::format("No verdicts: they need {} rounds, and there {} {}.", kFewestForInterval,
                       pairs == 1 ? "was" : "were", pairs);
  }
  if (cell.ranking.size() < 2) return why_nobody(cell);
  std::vector<std::string> groups;
  for (const auto& group : cell.ranking) groups.push_back(fmt::format("{}", fmt::join(group, ", ")));
  return fmt::format("Told apart: {}.", fmt::join(groups, " before "));
}

}  // namespace gauntlet
