#include "harness/cli/probe_worker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "harness/subject/child_process.hpp"
#include "harness/subject/pump.hpp"

namespace gauntlet {

ProbedRuntime probe_worker(const std::filesystem::path& program, const std::string& runtime) {
  constexpr auto limit = std::chrono::seconds(10);
  ProbedRuntime probed;
  auto child = ChildProcess::start({.program = program, .arguments = {"--probe", runtime}, .cpus = {}});
  if (!child) {
    probed.reason = child.error();
    return probed;
  }
  Pump pump(-1);
  std::string output;
  bool has_ended = false;
  pump.read(child->output_fd(), [&output](std::string_view text) { output.append(text); });
  pump.watch(child->end_fd(), [&has_ended] { has_ended = true; });
  if (!pump.wait(Pump::Clock::now() + limit, [&has_ended] { return has_ended; })) {
    probed.reason = fmt::format("{} did not answer", program.string());
    return probed;
  }
  const auto end = child->reap();
  pump.drain();
  probed.available = end.clean();
  for (std::size_t at = 0; at < output.size();) {
    const std::size_t line_end = std::min(output.find('\n', at), output.size());
    const std::string line = output.substr(at, line_end - at);
    (probed.available ? probed.features.emplace_back() : probed.reason) = line;
    at = line_end + 1;
  }
  if (!probed.available && probed.reason.empty()) probed.reason = "the worker " + describe(end);
  return probed;
}

}  // namespace gauntlet
