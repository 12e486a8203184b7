#include "runtimes/configuration/configuration.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "runtimes/configuration/config_keys.hpp"
#include "runtimes/contract/near_matches.hpp"
#include "runtimes/contract/thread_placement.hpp"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace gauntlet {

namespace {

using Problem = std::optional<std::string>;

std::string full_name(std::string_view section, std::string_view name) {
  return std::string(section) + "." + std::string(name);
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& known) {
  const std::vector<std::string> near = near_matches(name, known);
  if (!near.empty()) return "; did you mean '" + near.front() + "'?";
  std::string all;
  for (const std::string& one : known) all += (all.empty() ? "" : ", ") + one;
  return "; known are: " + all;
}

/// Reads one file; the first problem ends it.
class Reader {
 public:
  Reader(std::string name, std::uint32_t cores) : name_(std::move(name)), cores_(cores) {}

  std::expected<Configuration, std::string> read(const toml::table& file) {
    for (const auto& [section, node] : file) {
      if (const Problem problem = read_section(section, node)) return std::unexpected(*problem);
    }
    if (const Problem problem = contradiction()) return std::unexpected(name_ + ": " + *problem);
    if (const auto valid = check(result_.runtime); !valid) return std::unexpected(name_ + ": " + valid.error());
    return std::move(result_);
  }

 private:
  std::string at(const toml::source_region& region) const {
    return name_ + ":" + std::to_string(region.begin.line) + ": ";
  }

  Problem read_section(const toml::key& section, const toml::node& node) {
    std::set<std::string> sections;
    for (const ConfigKey& key : config_keys()) sections.emplace(key.section);
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      return at(section.source()) + "'" + std::string(section.str()) + "' stands above the sections; " +
             "keys belong below one, like [runtime]";
    }
    if (!sections.contains(std::string(section.str()))) {
      return at(section.source()) + "unknown section [" + std::string(section.str()) + "]" +
             did_you_mean(section.str(), {sections.begin(), sections.end()});
    }
    for (const auto& [key, value] : *table) {
      if (const Problem problem = read_key(section.str(), key, value)) return problem;
    }
    return std::nullopt;
  }

  Problem read_key(std::string_view section, const toml::key& name, const toml::node& node) {
    std::vector<std::string> known;
    for (const ConfigKey& key : config_keys()) {
      if (key.section != section) continue;
      if (key.name == name.str()) return take(key, node);
      known.emplace_back(key.name);
    }
    return at(name.source()) + "unknown key '" + std::string(name.str()) + "' in [" + std::string(section) + "]" +
           did_you_mean(name.str(), known);
  }

  Problem take(const ConfigKey& key, const toml::node& node) {
    const auto refuse = [&](const std::string& rule) {
      return at(node.source()) + "'" + std::string(key.name) + "' must be " + rule;
    };
    const auto value = value_of(key, node);
    if (!value) return refuse(value.error());
    result_.given.push_back(full_name(key.section, key.name));
    values_.insert_or_assign(result_.given.back(), *value);
    if (key.set) {
      key.set(result_, *value);
    } else if (*value != key.default_value) {
      result_.runtime.not_offered.push_back({std::string(key.name), unquoted(key.default_value),
                                             "not_supported: no runtime offers it; asked for " + config_text(*value)});
    }
    return std::nullopt;
  }

  static std::string unquoted(const ConfigValue& value) {
    const std::string* text = std::get_if<std::string>(&value);
    return text != nullptr ? *text : config_text(value);
  }

  /// The error continues "must be".
  std::expected<ConfigValue, std::string> value_of(const ConfigKey& key, const toml::node& node) const {
    const toml::value<std::string>* text = node.as_string();
    if (key.counts_threads && text != nullptr) {
      const auto threads = parse_worker_threads(text->get(), cores_);
      if (!threads) return std::unexpected(threads.error());
      return static_cast<std::int64_t>(*threads);
    }
    if (std::holds_alternative<bool>(key.default_value)) {
      if (const auto* flag = node.as_boolean()) return flag->get();
      return std::unexpected("true or false");
    }
    if (std::holds_alternative<std::int64_t>(key.default_value)) {
      const auto* number = node.as_integer();
      if (number != nullptr && number->get() >= key.least && number->get() <= key.most) return number->get();
      return std::unexpected("a whole number from " + std::to_string(key.least) + " to " + std::to_string(key.most) +
                             (key.counts_threads ? ", \"auto\", \"cores*2\" or \"cores+2\"" : ""));
    }
    const bool known =
        text != nullptr && (key.choices.empty() || std::ranges::find(key.choices, text->get()) != key.choices.end());
    if (known) return text->get();
    return std::unexpected(rule_of_text(key, text != nullptr ? text->get() : ""));
  }

  static std::string rule_of_text(const ConfigKey& key, const std::string& asked) {
    if (key.choices.empty()) return "text in quotes";
    const std::vector<std::string> choices(key.choices.begin(), key.choices.end());
    std::string rule = "one of";
    for (const std::string& choice : choices) rule += " \"" + choice + "\"";
    const std::vector<std::string> near = near_matches(asked, choices);
    return near.empty() ? rule : rule + "; did you mean \"" + near.front() + "\"?";
  }

  const ConfigValue* given(const std::string& key) const {
    const auto found = values_.find(key);
    return found != values_.end() ? &found->second : nullptr;
  }

  Problem contradiction() const {
    const ConfigValue* one = given("runtime.enable_cpu_affinity");
    const ConfigValue* other = given("performance.enable_cpu_affinity");
    if (one != nullptr && other != nullptr && *one != *other) {
      return "[runtime] and [performance] contradict each other about enable_cpu_affinity; give it once";
    }
    const ConfigValue* rule = given("runtime.scheduling");
    const ConfigValue* stealing = given("runtime.work_stealing");
    if (rule == nullptr || stealing == nullptr || *rule == ConfigValue(std::string("priority"))) return std::nullopt;
    if ((*rule == ConfigValue(std::string("stealing"))) == std::get<bool>(*stealing)) return std::nullopt;
    return "scheduling = " + config_text(*rule) + " contradicts work_stealing = " + config_text(*stealing) +
           "; leave one of them out";
  }

  const std::string name_;
  const std::uint32_t cores_;
  Configuration result_;
  std::map<std::string, ConfigValue> values_;
};

}  // namespace

bool Configuration::gives(std::string_view key) const { return std::ranges::find(given, key) != given.end(); }

std::expected<Configuration, std::string> parse_configuration(std::string_view text, const std::string& name,
                                                              std::uint32_t cores) {
  const toml::parse_result parsed = toml::parse(text, name);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return std::unexpected(name + ":" + std::to_string(error.source().begin.line) + ": " +
                           std::string(error.description()));
  }
  return Reader(name, cores).read(parsed.table());
}

std::expected<Configuration, std::string> load_configuration(const std::filesystem::path& file, std::uint32_t cores) {
  std::error_code none;
  std::ifstream stream(file);
  if (!stream || std::filesystem::is_directory(file, none)) {
    return std::unexpected("the configuration file '" + file.string() + "' cannot be read");
  }
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (cores == 0) cores = static_cast<std::uint32_t>(std::max<std::size_t>(allowed_cpus().size(), 1));
  return parse_configuration(text, file.filename().string(), cores);
}

std::expected<std::uint32_t, std::string> parse_worker_threads(std::string_view text, std::uint32_t cores) {
  constexpr std::string_view unit = "cores";
  const std::string rule =
      "a whole number from 1 to " + std::to_string(most_workers) + ", \"auto\", \"cores*2\" or \"cores+2\"";
  std::uint64_t threads = cores;
  if (text != "auto" && text != unit) {
    const bool relative = text.starts_with(unit);
    const char sign = relative ? text[unit.size()] : '\0';
    const std::string_view digits = text.substr(relative ? unit.size() + 1 : 0);
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size() || (relative && sign != '*' && sign != '+')) {
      return std::unexpected(rule);
    }
    threads = !relative ? number : sign == '*' ? std::uint64_t{cores} * number : std::uint64_t{cores} + number;
  }
  if (threads >= 1 && threads <= most_workers) return static_cast<std::uint32_t>(threads);
  return std::unexpected(rule + "; here that is " + std::to_string(threads));
}

}  // namespace gauntlet
