#include "harness/plan/suite_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>

#include "runtimes/contract/near_matches.hpp"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace gauntlet {
namespace {

namespace fs = std::filesystem;

constexpr double kMostRounds = 10000;
constexpr double kMostSeconds = 86400;

std::string place(const std::string& file, const toml::source_region& region) {
  return fmt::format("{}:{}", file, region.begin.line);
}

/// Scalars as the text that a command line would have given.
std::optional<std::string> scalar_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* integer = node.as_integer()) return fmt::to_string(integer->get());
  if (const auto* real = node.as_floating_point()) return fmt::to_string(real->get());
  return std::nullopt;
}

/// Reads one table. The first problem is kept as a sentence, and the last step (finish) tells it.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string file, std::string what)
      : table_(table), file_(std::move(file)), what_(std::move(what)) {}

  void read(const char* key, std::string& value) {
    if (const toml::node* node = find(key)) {
      if (const auto* text = node->as_string()) {
        value = text->get();
      } else {
        complain(*node, key, "must be text in quotes");
      }
    }
  }

  void read(const char* key, std::vector<std::string>& values) {
    const toml::node* node = find(key);
    if (!node) return;
    const toml::array* array = node->as_array();
    if (!array) return complain(*node, key, "must be a list of names, like [\"one\", \"two\"]");
    values.clear();
    for (const toml::node& element : *array) {
      const auto* text = element.as_string();
      if (!text) return complain(element, key, "must hold only names in quotes");
      values.push_back(text->get());
    }
  }

  void read(const char* key, std::map<std::string, std::string>& values) {
    const toml::node* node = find(key);
    if (!node) return;
    const toml::table* table = node->as_table();
    if (!table) return complain(*node, key, "must be a table, like {connections = 64}");
    for (const auto& [name, element] : *table) {
      const auto text = scalar_text(element);
      if (!text) return complain(element, std::string(name.str()).c_str(), "must be text or a number");
      values[std::string(name.str())] = *text;
    }
  }

  template <class Integer>
  void read_integer(const char* key, Integer& value, double least, double most) {
    const toml::node* node = find(key);
    if (!node) return;
    const auto* integer = node->as_integer();
    if (!integer || static_cast<double>(integer->get()) < least || static_cast<double>(integer->get()) > most) {
      return complain(*node, key, fmt::format("must be a whole number from {:.0f} to {:.0f}", least, most));
    }
    value = static_cast<Integer>(integer->get());
  }

  void read_seconds(const char* key, double& value) {
    const toml::node* node = find(key);
    if (!node) return;
    const auto number = node->value<double>();
    // The comparison is false for NaN, which TOML can spell.
    if (!node->is_number() || !(*number > 0 && *number <= kMostSeconds)) {
      return complain(*node, key, fmt::format("must be a number of seconds above 0 and up to {:.0f}", kMostSeconds));
    }
    value = *number;
  }

  const toml::node* find(const char* key) {
    known_.emplace_back(key);
    return table_.get(key);
  }

  void require(const char* key) {
    if (!table_.get(key) && error_.empty()) {
      error_ = fmt::format("{}: {} has no '{}'", place(file_, table_.source()), what_, key);
    }
  }

  void complain(const toml::node& node, const char* key, std::string_view rule) {
    if (error_.empty()) error_ = fmt::format("{}: '{}' {}", place(file_, node.source()), key, rule);
  }

  /// The first problem; a key that nobody asked for is one. Empty: none.
  std::string finish() const {
    for (const auto& [key, node] : table_) {
      const std::string name(key.str());
      if (std::ranges::find(known_, name) != known_.end()) continue;
      const auto near = near_matches(name, known_);
      const std::string hint = near.empty() ? fmt::format("known are: {}", fmt::join(known_, ", "))
                                            : fmt::format("did you mean {}?", fmt::join(near, " or "));
      return fmt::format("{}: unknown key '{}' in {}; {}", place(file_, key.source()), name, what_, hint);
    }
    return error_;
  }

 private:
  const toml::table& table_;
  const std::string file_, what_;
  std::vector<std::string> known_;
  std::string error_;
};

std::expected<Family, std::string> read_family(const toml::table& table, const std::string& file) {
  TableReader reader(table, file, "[[family]]");
  Family family;
  family.where = place(file, table.source());
  reader.require("scenario");
  reader.require("cell");
  reader.read("scenario", family.scenario);
  reader.read("cell", family.cell);
  reader.read("title", family.title);
  reader.read("runtimes", family.runtimes);
  reader.read("references", family.references);
  reader.read("controls", family.controls);
  reader.read("aa", family.aa);
  reader.read("primary", family.primary);
  reader.read("compare", family.compare);
  reader.read("params", family.params);
  reader.read_integer("rounds", family.rounds, 1, kMostRounds);
  reader.read_seconds("seconds", family.seconds);
  if (auto error = reader.finish(); !error.empty()) return std::unexpected(std::move(error));
  return family;
}

}  // namespace

std::expected<Suite, std::string> parse_suite(std::string_view text, const std::string& file) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return std::unexpected(fmt::format("{}: {}", place(file, parsed.error().source()), parsed.error().description()));
  }
  const toml::table& table = parsed.table();
  TableReader reader(table, file, "the suite");
  Suite suite;
  suite.name = fs::path(file).stem().string();
  std::string size = "real";
  reader.read("title", suite.title);
  reader.read_integer("rounds", suite.rounds, 1, kMostRounds);
  reader.read_integer("seed", suite.seed, 0, 9007199254740992.0);
  reader.read("size", size);
  suite.smoke = size == "smoke";
  if (!suite.smoke && size != "real") reader.complain(*table.get("size"), "size", "must be \"real\" or \"smoke\"");
  const toml::node* families = reader.find("family");
  if (auto error = reader.finish(); !error.empty()) return std::unexpected(std::move(error));
  if (!families) return std::unexpected(fmt::format("{}: the suite has no [[family]], so nothing would run", file));
  if (!families->is_array_of_tables()) {
    return std::unexpected(fmt::format("{}: write [[family]] in double brackets", place(file, families->source())));
  }
  for (const toml::node& node : *families->as_array()) {
    auto family = read_family(*node.as_table(), file);
    if (!family) return std::unexpected(std::move(family.error()));
    suite.families.push_back(std::move(*family));
  }
  return suite;
}

std::vector<std::string> suite_names(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

std::expected<Suite, std::string> load_suite(const fs::path& folder, const std::string& name) {
  const bool is_path = fs::path(name).extension() == ".toml";
  const fs::path path = is_path ? fs::path(name) : folder / (name + ".toml");
  std::ifstream stream(path, std::ios::binary);
  if (!stream && is_path) return std::unexpected(fmt::format("cannot read the suite {}", name));
  if (!stream) {
    const auto names = suite_names(folder);
    const auto near = near_matches(name, names);
    return std::unexpected(near.empty()
                               ? fmt::format("unknown suite '{}'; known are: {}", name, fmt::join(names, ", "))
                               : fmt::format("unknown suite '{}'; did you mean {}?", name, fmt::join(near, " or ")));
  }
  std::ostringstream text;
  text << stream.rdbuf();
  return parse_suite(std::move(text).str(), path.string());
}

}  // namespace gauntlet
