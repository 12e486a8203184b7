// Parameters of a scenario: declared once, validated at the command line and in suites.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gauntlet {

/// One `-p name=value`. Numbers are checked against [minimum, maximum], words against `choices`.
struct ParameterInfo {
  enum class Type { integer, real, word };
  std::string name;
  std::string description;
  Type type = Type::integer;
  std::string default_value;  ///< the real size
  std::string smoke_value;    ///< the size that the tests run on every runtime
  double minimum = 0, maximum = 1e18;
  std::vector<std::string> choices;  ///< for words; empty: any text
};

/// Numbers: `real_size` by default, `smoke_size` in the tests; both within [minimum, maximum].
ParameterInfo integer_parameter(std::string name, std::string description, std::string real_size,
                                std::string smoke_size, double minimum, double maximum);
ParameterInfo real_parameter(std::string name, std::string description, std::string real_size, std::string smoke_size,
                             double minimum, double maximum);
/// A word that has no size: `value` by default and in the tests. No choices: any text.
ParameterInfo word_parameter(std::string name, std::string description, std::string value,
                             std::vector<std::string> choices);

/// A full, valid set of values: every declared parameter has one.
class Parameters {
 public:
  /// Values of `given` over the defaults (or the smoke sizes). The error names the parameter,
  /// what is allowed, and the nearest known name.
  static std::expected<Parameters, std::string> resolve(std::span<const ParameterInfo> declared,
                                                        const std::map<std::string, std::string>& given, bool smoke);

  std::int64_t integer(std::string_view name) const;
  double real(std::string_view name) const;
  const std::string& word(std::string_view name) const;
  const std::map<std::string, std::string, std::less<>>& values() const { return values_; }

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace gauntlet
