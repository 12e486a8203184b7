#include "scenarios/parameters.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>
#include <optional>

#include "runtimes/contract/near_matches.hpp"

namespace gauntlet {
namespace {

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string range_of(const ParameterInfo& parameter) {
  return fmt::format("{} to {}", parameter.minimum, parameter.maximum);
}

std::string unknown_parameter(std::string_view name, std::span<const ParameterInfo> declared) {
  std::vector<std::string> names;
  for (const ParameterInfo& parameter : declared) names.push_back(parameter.name);
  if (names.empty()) return fmt::format("unknown parameter '{}': this scenario has none", name);
  const auto near = near_matches(name, names);
  if (!near.empty()) return fmt::format("unknown parameter '{}'; did you mean {}?", name, fmt::join(near, " or "));
  return fmt::format("unknown parameter '{}'; known are: {}", name, fmt::join(names, ", "));
}

std::expected<std::string, std::string> check_integer(const ParameterInfo& parameter, const std::string& text) {
  const auto number = parse_number<std::int64_t>(text);
  if (!number) {
    return std::unexpected(
        fmt::format("parameter '{}' must be a whole number ({}), not '{}'", parameter.name, range_of(parameter), text));
  }
  const auto value = static_cast<double>(*number);
  if (value < parameter.minimum || value > parameter.maximum) {
    return std::unexpected(
        fmt::format("parameter '{}' must be in the range {}, not {}", parameter.name, range_of(parameter), text));
  }
  return fmt::to_string(*number);
}

std::expected<std::string, std::string> check_real(const ParameterInfo& parameter, const std::string& text) {
  const auto number = parse_number<double>(text);
  if (!number || !std::isfinite(*number)) {
    return std::unexpected(
        fmt::format("parameter '{}' must be a number ({}), not '{}'", parameter.name, range_of(parameter), text));
  }
  if (*number < parameter.minimum || *number > parameter.maximum) {
    return std::unexpected(
        fmt::format("parameter '{}' must be in the range {}, not {}", parameter.name, range_of(parameter), text));
  }
  return fmt::to_string(*number);
}

std::expected<std::string, std::string> check_word(const ParameterInfo& parameter, const std::string& text) {
  const bool free_text = parameter.choices.empty();
  if (free_text || std::ranges::find(parameter.choices, text) != parameter.choices.end()) return text;
  return std::unexpected(fmt::format("parameter '{}' must be one of {}, not '{}'", parameter.name,
                                     fmt::join(parameter.choices, ", "), text));
}

/// The value as it is stored: one spelling for each number, so that equal parameters compare equal.
std::expected<std::string, std::string> check(const ParameterInfo& parameter, const std::string& text) {
  switch (parameter.type) {
    case ParameterInfo::Type::integer:
      return check_integer(parameter, text);
    case ParameterInfo::Type::real:
      return check_real(parameter, text);
    case ParameterInfo::Type::word:
      return check_word(parameter, text);
  }
  assert(false && "a parameter has one of the three types");
  return text;
}

ParameterInfo number_parameter(ParameterInfo::Type type, std::string name, std::string description,
                               std::string real_size, std::string smoke_size, double minimum, double maximum) {
  return {.name = std::move(name),
          .description = std::move(description),
          .type = type,
          .default_value = std::move(real_size),
          .smoke_value = std::move(smoke_size),
          .minimum = minimum,
          .maximum = maximum,
          .choices = {}};
}

}  // namespace

ParameterInfo integer_parameter(std::string name, std::string description, std::string real_size,
                                std::string smoke_size, double minimum, double maximum) {
  return number_parameter(ParameterInfo::Type::integer, std::move(name), std::move(description), std::move(real_size),
                          std::move(smoke_size), minimum, maximum);
}

ParameterInfo real_parameter(std::string name, std::string description, std::string real_size, std::string smoke_size,
                             double minimum, double maximum) {
  return number_parameter(ParameterInfo::Type::real, std::move(name), std::move(description), std::move(real_size),
                          std::move(smoke_size), minimum, maximum);
}

ParameterInfo word_parameter(std::string name, std::string description, std::string value,
                             std::vector<std::string> choices) {
  return {.name = std::move(name),
          .description = std::move(description),
          .type = ParameterInfo::Type::word,
          .default_value = value,
          .smoke_value = value,
          .choices = std::move(choices)};
}

std::expected<Parameters, std::string> Parameters::resolve(std::span<const ParameterInfo> declared,
                                                           const std::map<std::string, std::string>& given,
                                                           bool smoke) {
  for (const auto& [name, value] : given) {
    if (std::ranges::find(declared, name, &ParameterInfo::name) == declared.end()) {
      return std::unexpected(unknown_parameter(name, declared));
    }
  }
  Parameters resolved;
  for (const ParameterInfo& parameter : declared) {
    const auto asked = given.find(parameter.name);
    const bool use_smoke = smoke && !parameter.smoke_value.empty();
    const std::string& text = asked != given.end() ? asked->second
                              : use_smoke          ? parameter.smoke_value
                                                   : parameter.default_value;
    auto value = check(parameter, text);
    assert((value || asked != given.end()) && "a scenario declared a default that its own rules refuse");
    if (!value) return std::unexpected(std::move(value.error()));
    resolved.values_.emplace(parameter.name, std::move(*value));
  }
  return resolved;
}

std::int64_t Parameters::integer(std::string_view name) const {
  const auto number = parse_number<std::int64_t>(word(name));
  assert(number && "the parameter is not declared as an integer");
  return *number;
}

double Parameters::real(std::string_view name) const {
  const auto number = parse_number<double>(word(name));
  assert(number && "the parameter is not declared as a number");
  return *number;
}

const std::string& Parameters::word(std::string_view name) const {
  const auto found = values_.find(name);
  assert(found != values_.end() && "the scenario did not declare this parameter");
  return found->second;
}

}  // namespace gauntlet
