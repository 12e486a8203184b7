#include "harness/history/history_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/history/series_changes.hpp"
#include "harness/stats/figure_text.hpp"
#include "harness/stats/ratio_json.hpp"
#include "harness/store/json_fields.hpp"

namespace gauntlet {
namespace {

constexpr std::size_t kShortRevision = 12;

std::string point_text(const HistoryPoint& point) {
  std::string text = fmt::format("  {}  {:<20}  {:>10}", point.created,
                                 point.revision.substr(0, kShortRevision) + (point.dirty ? " (dirty)" : ""),
                                 figure_text(point.median));
  if (point.interval)
    text += fmt::format("  [{}, {}]", figure_text(point.interval->low), figure_text(point.interval->high));
  return text + "\n";
}

const char* word_for(const SeriesChange& change) { return change.word == VerdictWord::faster ? "better" : "worse"; }

std::string series_text(const HistorySeries& series, bool with_params) {
  std::string text = fmt::format("\n{} {} {} ({}, {} is better)\n", series.cell, series.runtime, series.metric,
                                 series.unit, series.better == Better::lower ? "lower" : "higher");
  if (with_params) text += fmt::format("  with {}\n", series.params);
  const auto changes = changes_of(series);
  for (std::size_t i = 0; i < series.points.size(); ++i) {
    const auto change = std::ranges::find(changes, i, &SeriesChange::index);
    if (change != changes.end()) {
      text += fmt::format("  ---- {}: {} from here on (p {:.3f})\n", word_for(*change), change_text(change->ratio),
                          change->p);
    }
    text += point_text(series.points[i]);
  }
  if (series.points.size() < kFewestForHistory) {
    text += fmt::format("  change points need {} results or more\n", kFewestForHistory);
  } else if (changes.empty()) {
    text += "  no change point\n";
  }
  return text;
}

Json series_json(const HistorySeries& series) {
  Json points = Json::array(), changes = Json::array();
  for (const HistoryPoint& point : series.points) {
    Json one = {
        {"created", point.created}, {"revision", point.revision}, {"dirty", point.dirty}, {"median", point.median}};
    add_interval(one, "low", "high", point.interval);
    one["rounds"] = point.rounds;
    points.push_back(std::move(one));
  }
  for (const SeriesChange& change : changes_of(series)) {
    changes.push_back({{"index", change.index},
                       {"revision", series.points[change.index].revision},
                       {"ratio", number_json(change.ratio)},
                       {"p", change.p},
                       {"word", word_for(change)}});
  }
  return {{"cell", series.cell},
          {"runtime", series.runtime},
          {"metric", series.metric},
          {"unit", series.unit},
          {"better", word_of(series.better)},
          {"params", Json::parse(series.params)},
          {"points", points},
          {"changes", changes}};
}

}  // namespace

std::string history_text(const HistoryAnswer& answer) {
  std::string text;
  for (std::size_t i = 0; i < answer.series.size(); ++i) {
    const auto is_of = [&](const HistorySeries& other) {
      return other.cell == answer.series[i].cell && other.runtime == answer.series[i].runtime;
    };
    text += series_text(answer.series[i], std::ranges::count_if(answer.series, is_of) > 1);
  }
  for (const HistoryMachine& other : answer.others) {
    text += fmt::format("\nnote: {} result(s) of another machine or build type are not shown: --machine {}\n",
                        other.results, other.id);
  }
  return text;
}

std::string history_json(const HistoryAnswer& answer) {
  Json series = Json::array(), others = Json::array();
  for (const HistorySeries& one : answer.series) series.push_back(series_json(one));
  for (const HistoryMachine& other : answer.others) {
    others.push_back({{"machine", other.id}, {"results", other.results}});
  }
  return dump_pretty(
      {{"schema", "gauntlet.history/1"}, {"machine", answer.machine}, {"others", others}, {"series", series}});
}

}  // namespace gauntlet
