// Medians of many benches in one SQLite file, to be looked at over time.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/history/sqlite.hpp"
#include "harness/stats/summary.hpp"

namespace gauntlet {

struct HistoryPoint {
  std::string created;  ///< UTC, ISO 8601
  std::string revision;
  bool dirty = false;  ///< with uncommitted changes on top of the revision
  double median = 0;
  std::optional<Interval> interval = {};
  int rounds = 0;
};

/// One metric of one runtime in one cell, measured again and again with the same parameters.
struct HistorySeries {
  std::string cell, runtime, metric, unit;
  std::string params;  ///< JSON
  Better better = Better::lower;
  std::vector<HistoryPoint> points;  ///< in order of time
};

struct HistoryQuery {
  std::string metric;
  std::string cell = {}, runtime = {};       ///< empty: all
  std::optional<std::int64_t> machine = {};  ///< absent: that of the newest results
};

/// A machine together with the type of build: what figures may be compared within.
struct HistoryMachine {
  std::int64_t id = 0;
  std::int64_t results = 0;  ///< that hold the metric
};

struct HistoryAnswer {
  std::int64_t machine = 0;
  std::vector<HistorySeries> series;   ///< empty where nothing fits the query
  std::vector<HistoryMachine> others;  ///< that hold the metric, too
};

/// Every error is one line that names the file. Not thread-safe; several processes may append at a time.
class HistoryStore {
 public:
  /// Makes the file, and its folder, when it is not there.
  static std::expected<HistoryStore, std::string> open_for_appending(const std::filesystem::path& path);
  static std::expected<HistoryStore, std::string> open_for_reading(const std::filesystem::path& path);

  /// All of it or nothing. False when these results are there already. The second half of the A/A pair is left out: it
  /// is no other thing to follow.
  std::expected<bool, std::string> append(const Summary& summary);

  std::expected<HistoryAnswer, std::string> ask(const HistoryQuery& query);
  /// Those that the store holds any figure of, in order of the alphabet.
  std::expected<std::vector<std::string>, std::string> metrics();

 private:
  explicit HistoryStore(Database database) : database_(std::move(database)) {}
  std::expected<bool, std::string> append_inside(const Summary& summary);
  std::expected<std::int64_t, std::string> machine_id(const Summary& summary);
  std::expected<void, std::string> append_figures(std::int64_t result, const Summary& summary);

  Database database_;
};

}  // namespace gauntlet
