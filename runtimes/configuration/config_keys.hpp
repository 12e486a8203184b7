// Every key that a configuration file may have.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtimes/configuration/configuration.hpp"

namespace gauntlet {

using ConfigValue = std::variant<bool, std::int64_t, std::string>;

/// One key: reading it, its default, the errors about it and its part of the schema are all made of this.
struct ConfigKey {
  std::string_view section;
  std::string_view name;
  std::string_view doc;
  ConfigValue default_value;
  std::int64_t least = 0;  ///< of numbers
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
  std::vector<std::string_view> choices = {};  ///< of texts; none: any
  bool counts_threads = false;                 ///< a number, or what parse_worker_threads() takes
  /// Takes a value of the right type within the bounds. Null: no runtime offers it, which a value other than the
  /// default is answered with in the effective configuration.
  std::function<void(Configuration&, const ConfigValue&)> set = nullptr;
};

/// In the order in which they are documented.
std::span<const ConfigKey> config_keys();

/// As TOML spells it.
std::string config_text(const ConfigValue& value);

/// The JSON schema (2020-12) of the file.
std::string configuration_schema();

}  // namespace gauntlet
