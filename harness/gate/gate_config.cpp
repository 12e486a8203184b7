#include "harness/gate/gate_config.hpp"

#include <fmt/format.h>

#include <functional>

#include "harness/plan/toml_table.hpp"
#include "harness/store/durable_file.hpp"

namespace gauntlet {
namespace {

template <class Entry>
using ReadEntry = void (*)(TomlTableReader&, Entry&);

/// 0.2 % to 100 %: below, no machine tells it from nothing.
constexpr double kLeastEffect = 0.002, kMostEffect = 1;

void read_common(TomlTableReader& reader, GateEntry& entry) {
  reader.require("cell");
  reader.require("scenario");
  reader.read("cell", entry.cell);
  reader.read("scenario", entry.scenario);
  reader.read("params", entry.params);
  reader.read_seconds("seconds", entry.seconds);
  std::string size = "real";
  reader.read("size", size);
  entry.smoke = size == "smoke";
  const toml::node* written = reader.find("size");
  if (written && !entry.smoke && size != "real") reader.complain(*written, "size", "must be \"real\" or \"smoke\"");
}

void read_build(TomlTableReader& reader, BuildGate& build) {
  reader.require("runtimes");
  reader.require("metrics");
  reader.read("runtimes", build.runtimes);
  reader.read("metrics", build.metrics, kLeastEffect, kMostEffect);
}

void read_rival(TomlTableReader& reader, RivalGate& rival) {
  for (const char* key : {"runtime", "against", "metric", "limit"}) reader.require(key);
  reader.read("runtime", rival.runtime);
  reader.read("against", rival.against);
  reader.read("metric", rival.metric);
  reader.read_number("limit", rival.limit, 1e-6, 1e6);
  reader.read_number("minimum_effect", rival.minimum_effect, kLeastEffect, kMostEffect);
}

void read_count(TomlTableReader& reader, CountGate& count) {
  reader.require("runtimes");
  reader.require("metrics");
  reader.read("runtimes", count.runtimes);
  reader.read("metrics", count.metrics, 0, 10);
  reader.read("slack", count.slack, 0, 1e12);
  reader.read_integer("rounds", count.rounds, 1, TomlTableReader::kMostRounds);
  reader.read("portable", count.portable);
}

/// The entries below `[[KEY]]`; the error is one line.
template <class Entry>
std::expected<std::vector<Entry>, std::string> read_entries(const toml::node* node, const std::string& key,
                                                            const std::string& file, ReadEntry<Entry> read) {
  std::vector<Entry> entries;
  if (!node) return entries;
  const std::string what = fmt::format("[[{}]]", key);
  if (!node->is_array_of_tables()) {
    return std::unexpected(fmt::format("{}: write {} in double brackets", toml_place(file, node->source()), what));
  }
  for (const toml::node& element : *node->as_array()) {
    TomlTableReader reader(*element.as_table(), file, what);
    Entry entry;
    entry.where = toml_place(file, element.source());
    read_common(reader, entry);
    read(reader, entry);
    if (auto error = reader.finish(); !error.empty()) return std::unexpected(std::move(error));
    entries.push_back(std::move(entry));
  }
  return entries;
}

OnUnstable read_on_unstable(TomlTableReader& reader) {
  std::string word = "3";
  reader.read("on_unstable", word);
  if (word == "pass") return OnUnstable::pass;
  if (word == "fail") return OnUnstable::fail;
  if (word != "3") reader.complain(*reader.find("on_unstable"), "on_unstable", "must be \"pass\" or \"fail\"");
  return OnUnstable::not_measured;
}

}  // namespace

std::expected<GateConfig, std::string> parse_gate_config(std::string_view text, const std::string& file) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return std::unexpected(
        fmt::format("{}: {}", toml_place(file, parsed.error().source()), parsed.error().description()));
  }
  TomlTableReader reader(parsed.table(), file, "the gate");
  GateConfig config;
  config.file = file;
  reader.read_seconds("budget_s", config.budget_s);
  reader.read_integer("least_rounds", config.least_rounds, kFewestForInterval, TomlTableReader::kMostRounds);
  reader.read_integer("most_rounds", config.most_rounds, config.least_rounds, TomlTableReader::kMostRounds);
  reader.read_number("alpha", config.alpha, 1e-6, 0.5);
  config.on_unstable = read_on_unstable(reader);
  reader.read("counts", config.counts);
  auto builds = read_entries<BuildGate>(reader.find("build"), "build", file, read_build);
  auto rivals = read_entries<RivalGate>(reader.find("rival"), "rival", file, read_rival);
  auto counted = read_entries<CountGate>(reader.find("count"), "count", file, read_count);
  if (auto error = reader.finish(); !error.empty()) return std::unexpected(std::move(error));
  if (!builds) return std::unexpected(builds.error());
  if (!rivals) return std::unexpected(rivals.error());
  if (!counted) return std::unexpected(counted.error());
  config.builds = std::move(*builds);
  config.rivals = std::move(*rivals);
  config.counted = std::move(*counted);
  if (config.builds.empty() && config.rivals.empty() && config.counted.empty()) {
    return std::unexpected(fmt::format("{}: there is no [[build]], [[rival]] or [[count]], so nothing is gated", file));
  }
  return config;
}

std::expected<GateConfig, std::string> load_gate_config(const std::filesystem::path& path) {
  const auto text = read_file(path);
  if (!text) return std::unexpected(text.error() + "; write one after the example of ci/gate.toml");
  return parse_gate_config(*text, path.string());
}

}  // namespace gauntlet
