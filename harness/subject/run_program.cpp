#include "harness/subject/run_program.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/subject/pump.hpp"

namespace gauntlet {

std::expected<ProgramRun, std::string> run_program(const std::vector<std::string>& arguments,
                                                   std::chrono::seconds limit, int interrupt_fd) {
  auto child = ChildProcess::start({.program = "/usr/bin/env", .arguments = arguments, .cpus = {}});
  if (!child) return std::unexpected(child.error());
  child->close_input();
  ProgramRun run;
  bool ended = false;
  Pump pump(interrupt_fd);
  pump.read(child->output_fd(), [&run](std::string_view text) { run.output.append(text); });
  pump.read(child->error_fd(), [&run](std::string_view text) { run.errors.append(text); });
  pump.watch(child->end_fd(), [&ended] { ended = true; });
  if (!pump.wait(Pump::Clock::now() + limit, [&ended] { return ended; })) {
    return std::unexpected(fmt::format("{} took longer than {} s", fmt::join(arguments, " "), limit.count()));
  }
  pump.drain();
  run.status = child->reap();
  return run;
}

}  // namespace gauntlet
