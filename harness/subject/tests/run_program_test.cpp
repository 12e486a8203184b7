#include "harness/subject/run_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "harness/subject/pump.hpp"

namespace gauntlet {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(RunProgram, GivesBothOutputsAndTheExitCode) {
  const auto run = run_program({"sh", "-c", "echo out; echo err >&2; exit 3"}, 60s, -1);
  ASSERT_TRUE(run) << run.error();
  EXPECT_EQ(run->output, "out\n");
  EXPECT_EQ(run->errors, "err\n");
  EXPECT_EQ(run->status.code, 3);
}

TEST(RunProgram, SetsItsEnvironment) {
  EXPECT_EQ(run_program({"GAUNTLET_WORD=hello", "sh", "-c", "echo $GAUNTLET_WORD"}, 60s, -1)->output, "hello\n");
}

TEST(RunProgram, KillsWhatTakesTooLong) {
  const auto run = run_program({"sleep", "1000"}, 1s, -1);
  ASSERT_FALSE(run);
  EXPECT_THAT(run.error(), HasSubstr("sleep 1000 took longer than 1 s"));
}

TEST(RunProgram, IsInterrupted) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ASSERT_EQ(::write(ends[1], "x", 1), 1);
  EXPECT_THROW((void)run_program({"sleep", "1000"}, 60s, ends[0]), Interrupted);
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace gauntlet
