#include "harness/cli/tests/started_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "harness/subject/child_process.hpp"
#include "harness/subject/pump.hpp"

namespace gauntlet::fixtures {

namespace {

/// Gates of tests have nothing to say on the page of the workflow that runs the tests.
[[maybe_unused]] const bool is_no_step = unsetenv("GITHUB_ACTIONS") == 0 && unsetenv("GITHUB_STEP_SUMMARY") == 0;

}  // namespace

Outcome gauntlet(const std::vector<std::string>& arguments, const std::string& until, int signal,
                 std::chrono::seconds limit) {
  auto child = ChildProcess::start({.program = GAUNTLET_PROGRAM, .arguments = arguments, .cpus = {}});
  EXPECT_TRUE(child) << child.error();
  Outcome outcome;
  Pump pump;
  bool ended = false;
  pump.read(child->output_fd(), [&](std::string_view text) {
    outcome.output += text;
    if (signal != 0 && outcome.output.find(until) != std::string::npos) ::kill(child->pid(), std::exchange(signal, 0));
  });
  pump.read(child->error_fd(), [&](std::string_view text) { outcome.errors += text; });
  pump.watch(child->end_fd(), [&ended] { ended = true; });
  EXPECT_TRUE(pump.wait(Pump::Clock::now() + limit, [&ended] { return ended; })) << "it hangs";
  if (!ended) return outcome;
  pump.drain();
  const ExitStatus status = child->reap();
  EXPECT_FALSE(status.by_signal) << describe(status);
  outcome.code = status.code;
  return outcome;
}

void expect_usage_error(const std::vector<std::string>& arguments, const std::string& sentence) {
  const Outcome outcome = gauntlet(arguments);
  EXPECT_EQ(outcome.code, 2) << outcome.output;
  EXPECT_THAT(outcome.errors, testing::HasSubstr(sentence));
  EXPECT_EQ(std::ranges::count(outcome.errors, '\n'), 1) << outcome.errors;
}

}  // namespace gauntlet::fixtures
