#include "harness/history/history_store.hpp"

#include <fmt/format.h>

#include <cmath>

#include "harness/store/environment_difference.hpp"
#include "harness/store/json_fields.hpp"

namespace gauntlet {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSchema = 1;

constexpr const char* kTables = R"(
  CREATE TABLE machine (id INTEGER PRIMARY KEY, description TEXT NOT NULL UNIQUE);
  CREATE TABLE result (
    id INTEGER PRIMARY KEY, machine INTEGER NOT NULL REFERENCES machine, created TEXT NOT NULL, suite TEXT NOT NULL,
    command TEXT NOT NULL, revision TEXT NOT NULL, dirty INTEGER NOT NULL,
    UNIQUE (machine, created, command, revision, dirty));
  CREATE TABLE figure (
    result INTEGER NOT NULL REFERENCES result, cell TEXT NOT NULL, params TEXT NOT NULL, runtime TEXT NOT NULL,
    metric TEXT NOT NULL, unit TEXT NOT NULL, better TEXT NOT NULL, median REAL NOT NULL, low REAL, high REAL,
    rounds INTEGER NOT NULL, PRIMARY KEY (metric, cell, params, runtime, result)) WITHOUT ROWID;
  PRAGMA user_version = 1;
)";

std::expected<std::int64_t, std::string> schema_of(Database& database) {
  auto statement = database.prepare("PRAGMA user_version");
  if (!statement) return std::unexpected(statement.error());
  if (const auto row = statement->step(); !row) return std::unexpected(row.error());
  return statement->integer(0);
}

/// What figures may be compared within: everything that identifies but the revision.
std::string describe_machine(const EnvironmentRecord& environment) {
  std::string text;
  for (const EnvironmentRecord::Fact& fact : environment.facts) {
    if (fact.identifies && identifies_machine_or_build_type(fact))
      text += fmt::format("{}: {}\n", fact.name, fact.value);
  }
  return text;
}

std::string fact_or(const EnvironmentRecord& environment, const char* name, const char* otherwise) {
  const auto* fact = find_fact(environment, name);
  return fact != nullptr ? fact->value : otherwise;
}

/// The rows of a statement, one after the other; an error ends them.
template <class Take>
std::expected<void, std::string> for_each_row(std::expected<Statement, std::string>& statement, Take take) {
  if (!statement) return std::unexpected(statement.error());
  for (;;) {
    const auto row = statement->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    take(*statement);
  }
}

void take_row(std::vector<HistorySeries>& all, const Statement& row) {
  HistorySeries series{.cell = row.text(0),
                       .runtime = row.text(2),
                       .metric = row.text(3),
                       .unit = row.text(4),
                       .params = row.text(1),
                       .better = enum_of<Better>(row.text(5)).value_or(Better::lower),
                       .points = {}};
  const bool goes_on = !all.empty() && all.back().cell == series.cell && all.back().params == series.params &&
                       all.back().runtime == series.runtime;
  if (!goes_on) all.push_back(std::move(series));
  HistoryPoint point{.created = row.text(6),
                     .revision = row.text(7),
                     .dirty = row.integer(8) != 0,
                     .median = row.real(9).value_or(0),
                     .interval = {},
                     .rounds = static_cast<int>(row.integer(12))};
  const auto low = row.real(10), high = row.real(11);
  if (low && high) point.interval = Interval{*low, *high};
  all.back().points.push_back(std::move(point));
}

}  // namespace

std::expected<HistoryStore, std::string> HistoryStore::open_for_appending(const fs::path& path) {
  std::error_code ignored;  // opening the file tells what is wrong
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), ignored);
  auto database = Database::open(path, Database::Mode::create);
  if (!database) return std::unexpected(database.error());
  // Two processes may make the same file: the second one waits here, and finds it made.
  if (auto begun = database->run("BEGIN IMMEDIATE"); !begun) return std::unexpected(begun.error());
  const auto schema = schema_of(*database);
  if (!schema) return std::unexpected(schema.error());
  if (*schema > kSchema) {
    return std::unexpected(fmt::format("{}: its schema is {}, newer than {}: use the gauntlet that wrote it",
                                       path.string(), *schema, kSchema));
  }
  if (*schema == 0) {
    if (auto made = database->run(kTables); !made) return std::unexpected(made.error());
  }
  if (auto ended = database->run("COMMIT"); !ended) return std::unexpected(ended.error());
  return HistoryStore(std::move(*database));
}

std::expected<HistoryStore, std::string> HistoryStore::open_for_reading(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    return std::unexpected(
        fmt::format("{}: there is no history yet; begin one with gauntlet history append DIR", path.string()));
  }
  auto database = Database::open(path, Database::Mode::read);
  if (!database) return std::unexpected(database.error());
  const auto schema = schema_of(*database);
  if (!schema) return std::unexpected(schema.error());
  if (*schema < 1 || *schema > kSchema) {
    return std::unexpected(fmt::format("{}: no history of this gauntlet (schema {})", path.string(), *schema));
  }
  return HistoryStore(std::move(*database));
}

std::expected<bool, std::string> HistoryStore::append(const Summary& summary) {
  if (auto begun = database_.run("BEGIN IMMEDIATE"); !begun) return std::unexpected(begun.error());
  auto appended = append_inside(summary);
  auto ended = database_.run(appended ? "COMMIT" : "ROLLBACK");
  if (appended && !ended) return std::unexpected(ended.error());
  return appended;
}

std::expected<bool, std::string> HistoryStore::append_inside(const Summary& summary) {
  const auto machine = machine_id(summary);
  if (!machine) return std::unexpected(machine.error());
  auto insert = database_.prepare(
      "INSERT INTO result (machine, created, suite, command, revision, dirty) VALUES (?, ?, ?, ?, ?, ?) "
      "ON CONFLICT DO NOTHING RETURNING id");
  if (!insert) return std::unexpected(insert.error());
  insert->bind(1, *machine).bind(2, summary.created).bind(3, summary.suite).bind(4, summary.command);
  insert->bind(5, fact_or(summary.environment, "revision", "unknown"));
  insert->bind(6, std::int64_t{fact_or(summary.environment, "dirty", "no") == "yes"});
  const auto inserted = insert->step();
  if (!inserted) return std::unexpected(inserted.error());
  if (!*inserted) return false;
  const std::int64_t result = insert->integer(0);
  if (const auto end = insert->step(); !end) return std::unexpected(end.error());
  if (auto appended = append_figures(result, summary); !appended) return std::unexpected(appended.error());
  return true;
}

std::expected<std::int64_t, std::string> HistoryStore::machine_id(const Summary& summary) {
  const std::string description = describe_machine(summary.environment);
  auto insert = database_.prepare("INSERT INTO machine (description) VALUES (?) ON CONFLICT DO NOTHING");
  if (!insert) return std::unexpected(insert.error());
  if (const auto inserted = insert->bind(1, description).step(); !inserted) return std::unexpected(inserted.error());
  auto find = database_.prepare("SELECT id FROM machine WHERE description = ?");
  if (!find) return std::unexpected(find.error());
  if (const auto found = find->bind(1, description).step(); !found) return std::unexpected(found.error());
  return find->integer(0);
}

std::expected<void, std::string> HistoryStore::append_figures(std::int64_t result, const Summary& summary) {
  auto insert = database_.prepare(
      "INSERT INTO figure (result, cell, params, runtime, metric, unit, better, median, low, high, rounds) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert) return std::unexpected(insert.error());
  for (const CellSummary& cell : summary.cells) {
    const std::string params = dump_line(Json(cell.params));
    for (const ColumnSummary& column : cell.columns) {
      if (column.arm != "a") continue;
      for (const MetricInfo& info : cell.plan.metrics) {
        const auto metric = column.metrics.find(info.name);
        if (metric == column.metrics.end() || !std::isfinite(metric->second.median)) continue;
        const auto& interval = metric->second.interval;
        insert->bind(1, result).bind(2, cell.plan.cell).bind(3, params).bind(4, column.runtime);
        insert->bind(5, info.name).bind(6, info.unit).bind(7, word_of(info.better));
        insert->bind(8, std::optional(metric->second.median));
        insert->bind(9, interval ? std::optional(interval->low) : std::nullopt);
        insert->bind(10, interval ? std::optional(interval->high) : std::nullopt);
        insert->bind(11, static_cast<std::int64_t>(metric->second.values.size()));
        if (const auto done = insert->step(); !done) return std::unexpected(done.error());
      }
    }
  }
  return {};
}

std::expected<HistoryAnswer, std::string> HistoryStore::ask(const HistoryQuery& query) {
  constexpr const char* kFits = "metric = ?1 AND (?2 = '' OR cell = ?2) AND (?3 = '' OR runtime = ?3)";
  HistoryAnswer answer;
  auto machines = database_.prepare(
      fmt::format("SELECT machine, count(DISTINCT result.id), max(created) AS newest FROM figure JOIN result ON "
                  "result.id = result WHERE {} GROUP BY machine ORDER BY newest DESC, machine DESC",
                  kFits));
  if (machines) machines->bind(1, query.metric).bind(2, query.cell).bind(3, query.runtime);
  const auto listed = for_each_row(machines, [&](const Statement& row) {
    answer.others.push_back({.id = row.integer(0), .results = row.integer(1)});
  });
  if (!listed) return std::unexpected(listed.error());
  if (answer.others.empty()) return answer;
  answer.machine = query.machine.value_or(answer.others.front().id);
  std::erase_if(answer.others, [&](const HistoryMachine& machine) { return machine.id == answer.machine; });

  auto rows = database_.prepare(
      fmt::format("SELECT cell, params, runtime, metric, unit, better, created, revision, dirty, median, low, high, "
                  "rounds FROM figure JOIN result ON result.id = result WHERE {} AND machine = ?4 "
                  "ORDER BY cell, params, runtime, created, result.id",
                  kFits));
  if (rows) rows->bind(1, query.metric).bind(2, query.cell).bind(3, query.runtime).bind(4, answer.machine);
  const auto read = for_each_row(rows, [&](const Statement& row) { take_row(answer.series, row); });
  if (!read) return std::unexpected(read.error());
  return answer;
}

std::expected<std::vector<std::string>, std::string> HistoryStore::metrics() {
  std::vector<std::string> names;
  auto rows = database_.prepare("SELECT DISTINCT metric FROM figure ORDER BY metric");
  const auto read = for_each_row(rows, [&](const Statement& row) { names.push_back(row.text(0)); });
  if (!read) return std::unexpected(read.error());
  return names;
}

}  // namespace gauntlet
