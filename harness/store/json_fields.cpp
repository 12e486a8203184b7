#include "harness/store/json_fields.hpp"

#include <charconv>

namespace gauntlet {

const Json& field(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) throw FieldError(std::string("field '") + name + "' is missing");
  return *found;
}

void check_schema(const Json& object, std::string_view name, int newest) {
  const auto schema = field_as<std::string>(object, "schema");
  const auto slash = schema.find('/');
  if (slash == std::string::npos || std::string_view(schema).substr(0, slash) != name) {
    throw FieldError("schema is '" + schema + "', not '" + std::string(name) + "/" + std::to_string(newest) + "'");
  }
  int major = 0;
  const char* end = schema.data() + schema.size();
  const auto [rest, error] = std::from_chars(schema.data() + slash + 1, end, major);
  const bool whole = error == std::errc{} && (rest == end || *rest == '.');
  if (!whole || major < 1) throw FieldError("schema '" + schema + "' has no version number");
  if (major > newest) {
    throw FieldError("schema " + schema + " is newer than this gauntlet reads (" + std::to_string(newest) +
                     "): use the build that wrote it, or a later one");
  }
}

std::string dump_line(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string dump_pretty(const Json& value) { return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace gauntlet
