#include "harness/plan/suite_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <system_error>

#include "harness/plan/toml_table.hpp"
#include "runtimes/contract/near_matches.hpp"

namespace gauntlet {
namespace {

namespace fs = std::filesystem;

std::expected<Family, std::string> read_family(const toml::table& table, const std::string& file) {
  TomlTableReader reader(table, file, "[[family]]");
  Family family;
  family.where = toml_place(file, table.source());
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
  reader.read_integer("rounds", family.rounds, 1, TomlTableReader::kMostRounds);
  reader.read_seconds("seconds", family.seconds);
  if (auto error = reader.finish(); !error.empty()) return std::unexpected(std::move(error));
  return family;
}

}  // namespace

std::expected<Suite, std::string> parse_suite(std::string_view text, const std::string& file) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return std::unexpected(
        fmt::format("{}: {}", toml_place(file, parsed.error().source()), parsed.error().description()));
  }
  const toml::table& table = parsed.table();
  TomlTableReader reader(table, file, "the suite");
  Suite suite;
  suite.name = fs::path(file).stem().string();
  std::string size = "real";
  reader.read("title", suite.title);
  reader.read_integer("rounds", suite.rounds, 1, TomlTableReader::kMostRounds);
  reader.read_integer("seed", suite.seed, 0, 9007199254740992.0);
  reader.read("size", size);
  suite.smoke = size == "smoke";
  if (!suite.smoke && size != "real") reader.complain(*table.get("size"), "size", "must be \"real\" or \"smoke\"");
  const toml::node* families = reader.find("family");
  if (auto error = reader.finish(); !error.empty()) return std::unexpected(std::move(error));
  if (!families) return std::unexpected(fmt::format("{}: the suite has no [[family]], so nothing would run", file));
  if (!families->is_array_of_tables()) {
    return std::unexpected(
        fmt::format("{}: write [[family]] in double brackets", toml_place(file, families->source())));
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
