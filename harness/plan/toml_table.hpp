// Reading TOML with errors that name file, line and key. Only for sources that read a file of ours.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace gauntlet {

/// "quick.toml:12"
std::string toml_place(const std::string& file, const toml::source_region& region);

/// Reads one table; borrows it. What is not there leaves its value as it is. The first problem is kept as a sentence,
/// and the last step (finish) tells it.
class TomlTableReader {
 public:
  static constexpr double kMostRounds = 10000;
  static constexpr double kMostSeconds = 86400;

  /// `what` is what errors call the table: "[[family]]".
  TomlTableReader(const toml::table& table, std::string file, std::string what)
      : table_(table), file_(std::move(file)), what_(std::move(what)) {}

  void read(const char* key, std::string& value);
  void read(const char* key, bool& value);
  void read(const char* key, std::vector<std::string>& values);
  /// Scalars become the text that a command line would have given.
  void read(const char* key, std::map<std::string, std::string>& values);
  void read(const char* key, std::map<std::string, double>& values, double least, double most);
  void read_number(const char* key, double& value, double least, double most);
  /// Above 0.
  void read_seconds(const char* key, double& value);

  template <class Integer>
  void read_integer(const char* key, Integer& value, double least, double most) {
    if (const auto integer = find_integer(key, least, most)) value = static_cast<Integer>(*integer);
  }

  /// Null where the table has no such key; from here on the key is known.
  const toml::node* find(const char* key);
  void require(const char* key);
  void complain(const toml::node& node, const char* key, std::string_view rule);
  /// The first problem; a key that nobody asked for is one, told with near matches. Empty: none.
  std::string finish() const;

 private:
  std::optional<std::int64_t> find_integer(const char* key, double least, double most);

  const toml::table& table_;
  const std::string file_, what_;
  std::vector<std::string> known_;
  std::string error_;
};

}  // namespace gauntlet
