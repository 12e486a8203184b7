// The words that stand for enumerators in every file of a results directory.
#pragma once

#include <optional>
#include <string_view>

#include "harness/store/run_record.hpp"

namespace gauntlet {

std::string_view word_of(Role role);
std::string_view word_of(RunStatus status);
std::string_view word_of(Better better);
std::string_view word_of(ClaimKind kind);
std::string_view word_of(Warning::Severity severity);

/// Nothing for a word that is not in the format.
template <class Enum>
std::optional<Enum> enum_of(std::string_view word);

}  // namespace gauntlet
