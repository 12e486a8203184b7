// Reading JSON with errors that name the field. Only for sources that read or write a results file.
#pragma once

#include <expected>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "harness/store/words.hpp"

namespace gauntlet {

/// Keeps fields in the order in which they were written, as format.md shows them.
using Json = nlohmann::ordered_json;

/// Thrown while fields are read, and turned into a value by read_object: it never leaves this folder's sources.
class FieldError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

const Json& field(const Json& object, const char* name);

template <class Value>
Value field_as(const Json& object, const char* name) {
  try {
    return field(object, name).get<Value>();
  } catch (const Json::exception&) {
    throw FieldError(std::string("field '") + name + "' has the wrong type");
  }
}

/// An empty one where the field is left out.
template <class Value>
Value optional_as(const Json& object, const char* name) {
  return object.contains(name) ? field_as<Value>(object, name) : Value{};
}

template <class Enum>
Enum field_enum(const Json& object, const char* name) {
  const auto word = field_as<std::string>(object, name);
  const auto value = enum_of<Enum>(word);
  if (!value) throw FieldError(std::string("field '") + name + "' holds the unknown word '" + word + "'");
  return *value;
}

/// Throws unless the object's `schema` is `name` with a major number of at most `newest`.
void check_schema(const Json& object, std::string_view name, int newest);

/// One line; text that is not UTF-8 has its bad bytes replaced.
std::string dump_line(const Json& value);
/// For people: indented, with a newline at the end.
std::string dump_pretty(const Json& value);

/// Parses `text` and hands the object to `read`, whose FieldError becomes the error.
template <class Read>
auto read_object(std::string_view text, Read read) -> std::expected<decltype(read(Json{})), std::string> {
  const Json object = Json::parse(text, nullptr, false);
  if (object.is_discarded()) return std::unexpected("not JSON, or cut short");
  if (!object.is_object()) return std::unexpected("not a JSON object");
  try {
    return read(object);
  } catch (const FieldError& error) {
    return std::unexpected(std::string(error.what()));
  }
}

}  // namespace gauntlet
