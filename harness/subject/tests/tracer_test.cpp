#include "harness/subject/tracer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gauntlet {
namespace {

TEST(Tracer, ReadsTheTotalOfASummary) {
  EXPECT_EQ(traced_calls("    calls syscall\n--------- ----\n        4 recvfrom\n       12 epoll_wait\n"
                         "--------- ----\n       16 total\n"),
            16u);
  EXPECT_EQ(traced_calls("16 total"), 16u);
}

TEST(Tracer, TakesNothingElseForASummary) {
  EXPECT_FALSE(traced_calls(""));
  EXPECT_FALSE(traced_calls("strace: attach: ptrace(PTRACE_SEIZE, 1): Operation not permitted\n"));
  EXPECT_FALSE(traced_calls("many total\n"));
}

TEST(Tracer, CountsTheCallsOfAProcessUntilItIsLetGo) {
  Pump pump;
  // One call for each byte read, and one written back.
  auto cat = ChildProcess::start({.program = "/bin/cat", .arguments = {}, .cpus = {}});
  ASSERT_TRUE(cat) << cat.error();
  std::string echoed;
  pump.read(cat->output_fd(), [&echoed](std::string_view text) { echoed.append(text); });
  const auto exchange = [&](std::size_t bytes) {
    cat->write_input("x");
    return pump.wait(Pump::Clock::now() + std::chrono::seconds(10), [&] { return echoed.size() == bytes; });
  };
  ASSERT_TRUE(exchange(1)) << "it runs the program and not its beginning";
  auto tracer = Tracer::attach(cat->pid(), pump);
  if (!tracer) GTEST_SKIP() << tracer.error();
  for (std::size_t bytes = 2; bytes <= 11; ++bytes) ASSERT_TRUE(exchange(bytes));
  const auto calls = (*tracer)->detach();
  ASSERT_TRUE(calls) << calls.error();
  // The call that either end of the tracing falls into may be counted, also twice.
  EXPECT_GE(*calls, 20u - 2u);
  EXPECT_LE(*calls, 20u + 4u);
  EXPECT_TRUE(exchange(12)) << "the process goes on";
  pump.forget(cat->output_fd());
}

TEST(Tracer, SaysWhyItCannotAttach) {
  Pump pump;
  const auto tracer = Tracer::attach(0x3fffffff, pump);
  ASSERT_FALSE(tracer);
  EXPECT_THAT(tracer.error(), testing::HasSubstr("strace"));
}

}  // namespace
}  // namespace gauntlet
