#include "harness/plan/toml_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "runtimes/contract/near_matches.hpp"

namespace gauntlet {
namespace {

std::optional<std::string> scalar_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* integer = node.as_integer()) return fmt::to_string(integer->get());
  if (const auto* real = node.as_floating_point()) return fmt::to_string(real->get());
  return std::nullopt;
}

/// Nothing for what is no number, and for NaN and infinities, which TOML can spell.
std::optional<double> number_within(const toml::node& node, double least, double most) {
  if (!node.is_number()) return std::nullopt;
  const auto number = node.value<double>();
  return number && *number >= least && *number <= most ? number : std::nullopt;
}

}  // namespace

std::string toml_place(const std::string& file, const toml::source_region& region) {
  return fmt::format("{}:{}", file, region.begin.line);
}

void TomlTableReader::read(const char* key, std::string& value) {
  const toml::node* node = find(key);
  if (!node) return;
  const auto* text = node->as_string();
  if (!text) return complain(*node, key, "must be text in quotes");
  value = text->get();
}

void TomlTableReader::read(const char* key, bool& value) {
  const toml::node* node = find(key);
  if (!node) return;
  const auto* flag = node->as_boolean();
  if (!flag) return complain(*node, key, "must be true or false");
  value = flag->get();
}

void TomlTableReader::read(const char* key, std::vector<std::string>& values) {
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

void TomlTableReader::read(const char* key, std::map<std::string, std::string>& values) {
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

void TomlTableReader::read(const char* key, std::map<std::string, double>& values, double least, double most) {
  const toml::node* node = find(key);
  if (!node) return;
  const toml::table* table = node->as_table();
  if (!table) return complain(*node, key, "must be a table of numbers, like {latency_p99_us = 0.1}");
  for (const auto& [name, element] : *table) {
    const auto number = number_within(element, least, most);
    if (!number) {
      return complain(element, std::string(name.str()).c_str(),
                      fmt::format("must be a number from {:g} to {:g}", least, most));
    }
    values[std::string(name.str())] = *number;
  }
}

void TomlTableReader::read_number(const char* key, double& value, double least, double most) {
  const toml::node* node = find(key);
  if (!node) return;
  const auto number = number_within(*node, least, most);
  if (!number) return complain(*node, key, fmt::format("must be a number from {:g} to {:g}", least, most));
  value = *number;
}

void TomlTableReader::read_seconds(const char* key, double& value) {
  const toml::node* node = find(key);
  if (!node) return;
  const auto number = number_within(*node, 0, kMostSeconds);
  if (!number || *number == 0) {
    return complain(*node, key, fmt::format("must be a number of seconds above 0 and up to {:.0f}", kMostSeconds));
  }
  value = *number;
}

std::optional<std::int64_t> TomlTableReader::find_integer(const char* key, double least, double most) {
  const toml::node* node = find(key);
  if (!node) return std::nullopt;
  const auto* integer = node->as_integer();
  if (!integer || static_cast<double>(integer->get()) < least || static_cast<double>(integer->get()) > most) {
    complain(*node, key, fmt::format("must be a whole number from {:.0f} to {:.0f}", least, most));
    return std::nullopt;
  }
  return integer->get();
}

const toml::node* TomlTableReader::find(const char* key) {
  known_.emplace_back(key);
  return table_.get(key);
}

void TomlTableReader::require(const char* key) {
  if (!table_.get(key) && error_.empty()) {
    error_ = fmt::format("{}: {} has no '{}'", toml_place(file_, table_.source()), what_, key);
  }
}

void TomlTableReader::complain(const toml::node& node, const char* key, std::string_view rule) {
  if (error_.empty()) error_ = fmt::format("{}: '{}' {}", toml_place(file_, node.source()), key, rule);
}

std::string TomlTableReader::finish() const {
  for (const auto& [key, node] : table_) {
    const std::string name(key.str());
    if (std::ranges::find(known_, name) != known_.end()) continue;
    const auto near = near_matches(name, known_);
    const std::string hint = near.empty() ? fmt::format("known are: {}", fmt::join(known_, ", "))
                                          : fmt::format("did you mean {}?", fmt::join(near, " or "));
    return fmt::format("{}: unknown key '{}' in {}; {}", toml_place(file_, key.source()), name, what_, hint);
  }
  return error_;
}

}  // namespace gauntlet
