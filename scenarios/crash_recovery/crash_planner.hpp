// Where and by what the next server of a run is to crash.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "runtimes/failpoint/failpoint.hpp"

namespace gauntlet {

struct CrashPlan {
  int signal = 0;
  /// After it has been open for orders so long, if nothing has crashed it before.
  std::chrono::milliseconds life{0};
  std::optional<FailpointPlan> failpoint;
};

/// All of it follows from the seed. Signals take turns, and so do failpoints, each as often as the others.
class CrashPlanner {
 public:
  struct Options {
    std::string_view at;       ///< "random", "failpoints", or "both" in turn
    std::string_view signals;  ///< "kill", or "all"
    std::chrono::milliseconds life_max{0};
    std::uint64_t seed = 1;
  };
  explicit CrashPlanner(const Options& options);

  /// `was_open`: the server before has been open for orders. Behind one that was not comes none that crashes while it
  /// recovers, so that no request's attempts are used up by crashes of ours.
  CrashPlan next(bool was_open);

 private:
  FailpointPlan next_failpoint();

  const Options options_;
  std::mt19937_64 random_;
  std::vector<int> signals_;
  std::vector<Failpoint> failpoints_;
  std::size_t crashes_ = 0;
  std::size_t failpoints_used_ = 0;
};

}  // namespace gauntlet
