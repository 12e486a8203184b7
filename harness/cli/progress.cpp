#include "harness/cli/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "harness/stats/column_summary.hpp"
#include "harness/store/words.hpp"

namespace gauntlet {
namespace {

constexpr const char* kThroughput = "throughput_rps";
constexpr std::size_t kDefaultWidth = 100;

double estimate_of(const Plan& plan, const RunSpec& spec) {
  const PlanCell* cell = find_cell(plan, spec.cell);
  return cell != nullptr ? cell->seconds_per_run : 0;
}

std::size_t width_of(std::FILE* stream) {
  winsize size{};
  return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kDefaultWidth;
}

}  // namespace

Progress::Style Progress::style_of(std::FILE* stream) {
  if (isatty(fileno(stream)) == 0) return {};
  const char* no_color = std::getenv("NO_COLOR");
  return {.rewrites = true, .colours = no_color == nullptr || *no_color == '\0'};
}

Progress::Progress(const Plan& plan, std::size_t finished, std::FILE* stream, Style style)
    : plan_(plan), stream_(stream), style_(style), finished_(finished) {
  for (const RunSpec& spec : plan.runs) {
    rounds_[spec.cell] = std::max(rounds_[spec.cell], spec.round + 1);
    left_s_ += estimate_of(plan, spec);
  }
  // Which ones have finished does not matter much for an estimate.
  if (!plan.runs.empty()) {
    left_s_ *= 1 - static_cast<double>(finished) / static_cast<double>(plan.runs.size());
  }
}

Progress::~Progress() {
  if (line_is_open_) std::fputc('\n', stream_);
  std::fflush(stream_);
}

std::string Progress::place(const RunSpec& spec) const {
  const std::string arm = spec.arm == "a" ? "" : " (" + spec.arm + ")";
  return fmt::format("[{}/{}] {}  {}{}  round {}/{}", finished_ + 1, plan_.runs.size(), spec.cell, spec.runtime, arm,
                     spec.round + 1, rounds_.at(spec.cell));
}

std::string Progress::time_left() const {
  if (left_s_ < 0.5) return "";
  const double pace = estimated_s_ > 0 ? elapsed_s_ / estimated_s_ : 1;
  return "  " + short_time(left_s_ * pace) + " left";
}

void Progress::begin(const RunSpec& spec) {
  if (!style_.rewrites) return;
  show(fmt::format("{}{}{}", place(spec), last_.empty() ? "" : "  last: " + last_, time_left()), false);
}

void Progress::end(const RunRecord& record) {
  const std::string where = place(record.spec);
  const std::string figures = figures_of(record, find_cell(plan_, record.spec.cell));
  const double estimate = estimate_of(plan_, record.spec);
  left_s_ = std::max(0.0, left_s_ - estimate);
  estimated_s_ += estimate;
  elapsed_s_ += record.elapsed_s;
  ++finished_;
  last_ = record.spec.runtime + " " + figures;
  const bool expected =
      record.status == RunStatus::ok || (record.spec.role == Role::negative_control && gives_values(record));
  std::string line = where + "  " + figures + (style_.rewrites ? "" : time_left());
  if (!expected && style_.colours) {
    line = (record.status == RunStatus::failed ? "\033[31m" : "\033[33m") + line + "\033[0m";
  }
  show(line, !style_.rewrites || !expected);
}

void Progress::show(const std::string& line, bool stays) {
  if (!style_.rewrites) {
    fmt::print(stream_, "{}\n", line);
  } else if (stays) {
    fmt::print(stream_, "\r\033[K{}\n", line);
  } else {
    fmt::print(stream_, "\r\033[K{}", line.substr(0, width_of(stream_) - 1));
  }
  line_is_open_ = style_.rewrites && !stays;
  std::fflush(stream_);
}

std::string figures_of(const RunRecord& record, const PlanCell* cell) {
  std::string figures;
  const auto add = [&](const std::string& name, const char* unit) {
    const auto found = record.metrics.find(name);
    if (found == record.metrics.end()) return;
    const auto& [value, its_unit, better] = found->second;
    figures += fmt::format("{}{} {}", figures.empty() ? "" : "  ",
                           std::abs(value) >= 1000 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value),
                           unit != nullptr ? std::string(unit) : its_unit);
  };
  const std::string primary = cell != nullptr ? cell->primary : "";
  add(primary, primary == kThroughput ? "rps" : nullptr);
  if (primary != kThroughput) add(kThroughput, "rps");
  if (record.status == RunStatus::ok) return figures;
  return fmt::format("{}{}{}: {}", figures, figures.empty() ? "" : "  ", word_of(record.status), record.reason);
}

std::string short_time(double seconds) {
  const auto whole = static_cast<long>(std::ceil(seconds));
  return whole >= 60 ? fmt::format("{}m{:02}s", whole / 60, whole % 60) : fmt::format("{}s", whole);
}

}  // namespace gauntlet
