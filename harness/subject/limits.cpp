#include "harness/subject/limits.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include "harness/measure/proc_text.hpp"

namespace gauntlet {

Limits limits_here(const RuntimeEntry* runtime) {
  Limits limits;
  if (runtime != nullptr) limits.tasks = runtime->most_tasks;
  rlimit descriptors{};
  getrlimit(RLIMIT_NOFILE, &descriptors);
  limits.descriptors = descriptors.rlim_cur;
  if (const auto text = read_text("/proc/meminfo")) {
    limits.memory_bytes = number_after(*text, "MemAvailable").value_or(0) * 1024;
  }
  return limits;
}

void raise_descriptor_limit() {
  rlimit descriptors{};
  if (getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return;
  descriptors.rlim_cur = descriptors.rlim_max;
  // Where it is refused, why_too_large says what is missing.
  setrlimit(RLIMIT_NOFILE, &descriptors);
}

std::string why_too_large(const Needs& needs, const Limits& limits) {
  if (needs.descriptors > limits.descriptors) {
    return fmt::format(
        "it needs {0} file descriptors in one process and the hard limit is {1}; raise it as root with "
        "`prlimit --nofile={0}:{0} --pid $$` in the shell, or ask for fewer connections",
        needs.descriptors, limits.descriptors);
  }
  if (limits.memory_bytes > 0 && needs.memory_bytes > limits.memory_bytes) {
    return fmt::format(
        "it may need {} MiB of memory and {} MiB are available; ask for fewer tasks or connections, or free memory",
        needs.memory_bytes >> 20, limits.memory_bytes >> 20);
  }
  if (limits.tasks > 0 && (needs.tasks == 0 || needs.tasks > limits.tasks)) {
    const std::string wanted = needs.tasks == 0 ? "more" : std::to_string(needs.tasks);
    return fmt::format("it needs {} live tasks and this runtime has at most {}; ask for less, or another runtime",
                       wanted, limits.tasks);
  }
  return {};
}

}  // namespace gauntlet
