// Gates made up of fixed figures.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/gate/gate_plan.hpp"
#include "harness/gate/gate_run.hpp"
#include "harness/store/run_record.hpp"

namespace gauntlet::fixtures {

inline constexpr const char* kCost = "subject_cpu_us_per_request";

/// The plan of a configuration in TOML, over small_catalogue(); fails the test when it is refused.
GatePlan gate_plan(const std::string& text);

/// One [[build]] of single_loop on kCost.
GatePlan one_build();
/// One [[rival]], single_loop against floor_epoll on kCost, with this limit.
GatePlan one_rival(double limit);
/// One [[count]] of busy_wait on single_loop: idle_cpu_percent with a tolerance of 10 % and a slack of 1.
GatePlan one_count(bool portable = false);

/// The value that an arm measures in a round.
using Figure = std::function<double(const RunSpec&, Build)>;

/// A fake subject: every metric of the plan gets the figure; each run takes a second of a clock that nobody waits for.
class FakeSubject {
 public:
  explicit FakeSubject(Figure figure) : figure_(std::move(figure)) {}

  GateSurroundings surroundings();
  /// May change a record before it is handed on.
  std::function<void(RunRecord&, Build)> mishap = [](RunRecord&, Build) {};
  double clock_s = 0;

 private:
  RunRecord run(const RunSpec& spec, Build build);
  const Figure figure_;
};

/// Runs the duels against figures, and judges them.
std::vector<GateVerdict> judged(const GatePlan& plan, FakeSubject subject);

/// A little noise, the same in every test: from 0.995 to 1.005.
double wobble(const RunSpec& spec);

}  // namespace gauntlet::fixtures
