// SQLite with values for errors, and with nothing of it left open.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace gauntlet {

/// One statement. Columns and parameters count from 0 and from 1, as SQLite has it. Not thread-safe.
class Statement {
 public:
  /// Parameters keep their values until they are bound anew; text is copied.
  Statement& bind(int parameter, std::string_view text);
  Statement& bind(int parameter, std::int64_t number);
  Statement& bind(int parameter, const std::optional<double>& number);

  /// True with a row to read, false at the end; then the statement can be bound and stepped anew. Not after an error.
  std::expected<bool, std::string> step();
  std::string text(int column) const;
  std::int64_t integer(int column) const;
  /// Nothing for NULL.
  std::optional<double> real(int column) const;

 private:
  friend class Database;
  explicit Statement(sqlite3_stmt* statement);
  std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement_;
};

class Database {
 public:
  enum class Mode { read, create };
  /// Every error, of this and of statements, is one line that names the file.
  static std::expected<Database, std::string> open(const std::filesystem::path& path, Mode mode);

  /// Statements without results.
  std::expected<void, std::string> run(const std::string& sql);
  /// `sql` is ours: one that does not compile is a file that is not ours.
  std::expected<Statement, std::string> prepare(const std::string& sql);

 private:
  explicit Database(sqlite3* database);
  std::unique_ptr<sqlite3, int (*)(sqlite3*)> database_;
};

}  // namespace gauntlet
