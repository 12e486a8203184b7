#include <nlohmann/json.hpp>

#include "runtimes/configuration/config_keys.hpp"

namespace gauntlet {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const ConfigValue& value) {
  return std::visit([](const auto& held) { return Json(held); }, value);
}

Json schema_of(const ConfigKey& key) {
  Json schema;
  if (std::holds_alternative<bool>(key.default_value)) {
    schema["type"] = "boolean";
  } else if (std::holds_alternative<std::int64_t>(key.default_value)) {
    const Json number{{"type", "integer"}, {"minimum", key.least}, {"maximum", key.most}};
    const Json relative{{"type", "string"}, {"pattern", "^(auto|cores([*+][0-9]+)?|[0-9]+)$"}};
    schema = key.counts_threads ? Json{{"oneOf", Json::array({number, relative})}} : number;
  } else {
    schema["type"] = "string";
    if (!key.choices.empty()) schema["enum"] = key.choices;
  }
  schema["default"] = json_of(key.default_value);
  schema["description"] = std::string(key.doc) +
                          (key.set ? "" : " (not_supported: another value than the default is answered, not obeyed)");
  return schema;
}

}  // namespace

std::string configuration_schema() {
  Json sections = Json::object();
  for (const ConfigKey& key : config_keys()) {
    Json& section = sections[std::string(key.section)];
    section["type"] = "object";
    section["additionalProperties"] = false;
    section["properties"][std::string(key.name)] = schema_of(key);
  }
  const Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                    {"title", "gauntlet.toml"},
                    {"type", "object"},
                    {"additionalProperties", false},
                    {"properties", sections}};
  return schema.dump(2) + "\n";
}

}  // namespace gauntlet
