// Conditions under which a whole plan is run, and which make its figures incomparable with those of others.
#pragma once

#include "harness/store/plan.hpp"

namespace gauntlet {

/// Subjects are sampled while they run. Cells get names of their own, so that nothing sets them against others.
void mark_profiled(Plan& plan);
/// Subject and generator share a CPU. The same, and cells compare what a load costs and not how long it takes, which
/// the generator's own work lengthens. Cells of scenarios without a generator stay as they are.
void mark_shared(Plan& plan, const std::vector<std::string>& scenarios_with_load);

}  // namespace gauntlet
