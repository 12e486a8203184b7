#include "harness/store/environment_json.hpp"

#include "harness/store/json_fields.hpp"

namespace gauntlet {
namespace {

EnvironmentRecord read_environment(const Json& object) {
  check_schema(object, "gauntlet.environment", 1);
  EnvironmentRecord environment{.fingerprint = field_as<std::string>(object, "fingerprint"), .facts = {}};
  for (const Json& fact : field(object, "facts")) {
    environment.facts.push_back({.name = field_as<std::string>(fact, "name"),
                                 .value = field_as<std::string>(fact, "value"),
                                 .warning = field_as<std::string>(fact, "warning"),
                                 .identifies = field_as<bool>(fact, "identifies")});
  }
  return environment;
}

}  // namespace

const EnvironmentRecord::Fact* find_fact(const EnvironmentRecord& environment, const std::string& name) {
  for (const auto& fact : environment.facts) {
    if (fact.name == name) return &fact;
  }
  return nullptr;
}

std::string to_json(const EnvironmentRecord& environment) {
  Json object;
  object["schema"] = "gauntlet.environment/1";
  object["fingerprint"] = environment.fingerprint;
  object["facts"] = Json::array();
  for (const auto& fact : environment.facts) {
    Json entry;
    entry["name"] = fact.name;
    entry["value"] = fact.value;
    entry["warning"] = fact.warning;
    entry["identifies"] = fact.identifies;
    object["facts"].push_back(std::move(entry));
  }
  return dump_pretty(object);
}

std::expected<EnvironmentRecord, std::string> parse_environment(std::string_view text) {
  return read_object(text, read_environment);
}

}  // namespace gauntlet
