// Two runtimes, a negative control, a scenario with a floor.
#pragma once

#include "harness/plan/planner.hpp"

namespace gauntlet::fixtures {

inline Catalogue tiny_catalogue() {
  ScenarioInfo load;
  load.name = "load";
  load.question = "What does a request cost?";
  ParameterInfo connections;
  connections.name = "connections";
  connections.default_value = "64";
  connections.smoke_value = "4";
  load.parameters = {connections};
  load.metrics = {{.name = "cpu_us", .unit = "us", .better = Better::lower, .description = ""}};
  load.references = {{.name = "floor_epoll", .description = ""}};
  return {.scenarios = {load},
          .runtimes = {{.name = "single_loop", .aliases = {"epoll"}, .negative_control = false},
                       {.name = "io_uring", .aliases = {"uring"}, .negative_control = false},
                       {.name = "busy_wait", .aliases = {}, .negative_control = true}}};
}

}  // namespace gauntlet::fixtures
