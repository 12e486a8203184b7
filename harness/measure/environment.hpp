// The facts about machine, kernel and build that a figure means nothing without.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gauntlet {

struct Fact {
  std::string name;         ///< snake_case
  std::string value;        ///< `unknown` where the machine does not tell
  std::string warning;      ///< a sentence where the fact disturbs measuring, with what to do about it; else empty
  bool identifies = false;  ///< results under another value of this fact are not to be compared
};

struct Environment {
  std::string fingerprint;  ///< of the facts that identify
  std::vector<Fact> facts;  ///< in the order in which a person wants to read them
};

/// Reads /proc and /sys, and asks `git` when the sources that this was built from still stand where they stood. Takes
/// some milliseconds.
Environment collect_environment();

/// Hexadecimal hash over names and values of the facts that identify; their order does not matter.
std::string fingerprint_of(const std::vector<Fact>& facts);

}  // namespace gauntlet
