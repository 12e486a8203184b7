#include "harness/store/words.hpp"

#include <array>
#include <cassert>
#include <utility>

namespace gauntlet {
namespace {

template <class Enum>
using Word = std::pair<Enum, std::string_view>;

template <class Enum>
struct Words;

template <>
struct Words<Role> {
  static constexpr std::array table = {Word<Role>{Role::contender, "contender"},
                                       Word<Role>{Role::reference, "reference"},
                                       Word<Role>{Role::negative_control, "negative_control"}};
};

template <>
struct Words<RunStatus> {
  static constexpr std::array table = {
      Word<RunStatus>{RunStatus::ok, "ok"}, Word<RunStatus>{RunStatus::failed, "failed"},
      Word<RunStatus>{RunStatus::skipped, "skipped"}, Word<RunStatus>{RunStatus::invalid, "invalid"}};
};

template <>
struct Words<Better> {
  static constexpr std::array table = {Word<Better>{Better::lower, "lower"}, Word<Better>{Better::higher, "higher"}};
};

template <>
struct Words<ClaimKind> {
  static constexpr std::array table = {Word<ClaimKind>{ClaimKind::must, "must"},
                                       Word<ClaimKind>{ClaimKind::headline, "headline"}};
};

template <>
struct Words<Warning::Severity> {
  static constexpr std::array table = {Word<Warning::Severity>{Warning::Severity::note, "note"},
                                       Word<Warning::Severity>{Warning::Severity::invalid, "invalid"}};
};

template <class Enum>
std::string_view lookup(Enum value) {
  for (const auto& [known, word] : Words<Enum>::table) {
    if (known == value) return word;
  }
  assert(false && "every enumerator has a word");
  return {};
}

}  // namespace

std::string_view word_of(Role role) { return lookup(role); }
std::string_view word_of(RunStatus status) { return lookup(status); }
std::string_view word_of(Better better) { return lookup(better); }
std::string_view word_of(ClaimKind kind) { return lookup(kind); }
std::string_view word_of(Warning::Severity severity) { return lookup(severity); }

template <class Enum>
std::optional<Enum> enum_of(std::string_view word) {
  for (const auto& [known, spelled] : Words<Enum>::table) {
    if (spelled == word) return known;
  }
  return std::nullopt;
}

template std::optional<Role> enum_of<Role>(std::string_view);
template std::optional<RunStatus> enum_of<RunStatus>(std::string_view);
template std::optional<Better> enum_of<Better>(std::string_view);
template std::optional<ClaimKind> enum_of<ClaimKind>(std::string_view);
template std::optional<Warning::Severity> enum_of<Warning::Severity>(std::string_view);

}  // namespace gauntlet
