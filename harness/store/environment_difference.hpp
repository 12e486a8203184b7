// In what two machines or builds differ, for sentences that refuse to compare their figures.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "harness/store/environment_record.hpp"

namespace gauntlet {

/// What the two sides are called: "kernel (6.1.0 THERE, 6.12.9 HERE)".
struct SideNames {
  std::string_view first = "there", second = "here";
};

/// True for the facts that count; all that are handed in identify.
using CountsFact = std::function<bool(const EnvironmentRecord::Fact&)>;

/// All identifying facts that differ, in one line; empty when none does.
std::string environment_difference(const EnvironmentRecord& first, const EnvironmentRecord& second,
                                   const SideNames& names = {}, const CountsFact& counts = {});

/// All but the revision: two builds of different sources, made and run alike.
bool identifies_machine_or_build_type(const EnvironmentRecord::Fact& fact);

}  // namespace gauntlet
