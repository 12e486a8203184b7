#include "runtimes/run.hpp"

#include <cstdio>
#include <cstdlib>

#include "runtimes/contract/registry.hpp"
#include "runtimes/task/spawn.hpp"

namespace gauntlet {

int run(Task<int> task, const RuntimeConfig& config) {
  auto runtime = make_runtime(config);
  if (!runtime) {
    std::fprintf(stderr, "error: %s\n", runtime.error().reason.c_str());
    return EXIT_FAILURE;
  }
  try {
    return block_on(**runtime, std::move(task));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: the main task ended with an exception: %s\n", error.what());
    return EXIT_FAILURE;
  }
}

}  // namespace gauntlet
