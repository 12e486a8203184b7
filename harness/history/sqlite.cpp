#include "harness/history/sqlite.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cassert>

namespace gauntlet {
namespace {

/// How long another process may hold the file before we give up.
constexpr int kBusyLimit_ms = 5000;

std::unexpected<std::string> error_of(sqlite3* database) {
  const char* path = sqlite3_db_filename(database, "main");
  return std::unexpected(fmt::format("{}: {}", path != nullptr ? path : "history", sqlite3_errmsg(database)));
}

}  // namespace

Statement::Statement(sqlite3_stmt* statement) : statement_(statement, sqlite3_finalize) {}

Statement& Statement::bind(int parameter, std::string_view text) {
  [[maybe_unused]] const int result =
      sqlite3_bind_text(statement_.get(), parameter, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
  assert(result == SQLITE_OK && "a statement that has been stepped to its end has this parameter");
  return *this;
}

Statement& Statement::bind(int parameter, std::int64_t number) {
  [[maybe_unused]] const int result = sqlite3_bind_int64(statement_.get(), parameter, number);
  assert(result == SQLITE_OK && "a statement that has been stepped to its end has this parameter");
  return *this;
}

Statement& Statement::bind(int parameter, const std::optional<double>& number) {
  [[maybe_unused]] const int result = number ? sqlite3_bind_double(statement_.get(), parameter, *number)
                                             : sqlite3_bind_null(statement_.get(), parameter);
  assert(result == SQLITE_OK && "a statement that has been stepped to its end has this parameter");
  return *this;
}

std::expected<bool, std::string> Statement::step() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) return error_of(sqlite3_db_handle(statement_.get()));
  sqlite3_reset(statement_.get());
  return false;
}

std::string Statement::text(int column) const {
  const auto* text = sqlite3_column_text(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return text == nullptr ? std::string()
                         : std::string(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::optional<double> Statement::real(int column) const {
  if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return std::nullopt;
  return sqlite3_column_double(statement_.get(), column);
}

Database::Database(sqlite3* database) : database_(database, sqlite3_close_v2) {}

std::expected<Database, std::string> Database::open(const std::filesystem::path& path, Mode mode) {
  sqlite3* opened = nullptr;
  const int flags = mode == Mode::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int result = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
  // It is there, to be closed, even when opening failed.
  Database database(opened);
  if (result != SQLITE_OK) return std::unexpected(fmt::format("{}: {}", path.string(), sqlite3_errstr(result)));
  sqlite3_busy_timeout(opened, kBusyLimit_ms);
  return database;
}

std::expected<void, std::string> Database::run(const std::string& sql) {
  if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return error_of(database_.get());
  }
  return {};
}

std::expected<Statement, std::string> Database::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
    return error_of(database_.get());
  }
  return Statement(statement);
}

}  // namespace gauntlet
