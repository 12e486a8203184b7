#include "scenarios/scenario.hpp"

#include <cassert>

#include "scenarios/judge.hpp"

namespace gauntlet {

Needs Scenario::needs(const Parameters&) const { return {}; }

int Scenario::serve_reference(std::string_view, ReferenceContext&) const {
  assert(false && "info() names a reference that the scenario does not serve");
  return 1;
}

Judgement Scenario::judge(const Observations& observations) const { return judge_claims(info(), observations); }

}  // namespace gauntlet
