#include "harness/measure/environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cstdint>

#include "harness/measure/facts.hpp"

namespace gauntlet {
namespace {

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

std::string fingerprint_of(const std::vector<Fact>& facts) {
  std::vector<std::string> lines;
  for (const Fact& fact : facts) {
    if (fact.identifies) lines.push_back(fact.name + '\0' + fact.value + '\0');
  }
  std::ranges::sort(lines);
  std::string all;
  for (const std::string& line : lines) all += line;
  return fmt::format("{:016x}", fnv1a(all));
}

std::string_view word_of(FactLevel level) {
  switch (level) {
    case FactLevel::ok:
      return "ok";
    case FactLevel::note:
      return "note";
    case FactLevel::warning:
      return "warning";
    case FactLevel::problem:
      return "problem";
  }
  assert(false && "every level has a word");
  return {};
}

std::string warning_of(const Fact& fact) {
  if (fact.level < FactLevel::warning) return {};
  return fact.fix.empty() ? fact.effect : fmt::format("{}; {}", fact.effect, fact.fix);
}

Environment collect_environment(const MachineView& machine, const Fact& cpu_idle) {
  Environment environment;
  append_machine_facts(machine, environment.facts);
  environment.facts.push_back(cpu_idle);
  append_kernel_facts(machine, environment.facts);
  append_limit_facts(machine, environment.facts);
  append_build_facts(environment.facts);
  environment.fingerprint = fingerprint_of(environment.facts);
  return environment;
}

}  // namespace gauntlet
