#include "runtimes/run.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "runtimes/task/time.hpp"

namespace gauntlet {
namespace {

Task<int> code(int value) {
  co_await yield();
  co_return value;
}

Task<int> fail() {
  throw std::runtime_error("no luck");
  co_return 0;
}

TEST(Run, ReturnsTheCodeOfTheTask) { EXPECT_EQ(run(code(3)), 3); }

TEST(Run, PrintsAnExceptionAndFails) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(run(fail()), EXIT_FAILURE);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("no luck"), std::string::npos);
}

TEST(Run, PrintsWhyARuntimeCannotBeHadAndFails) {
  RuntimeConfig config;
  config.backend = "singel_loop";
  testing::internal::CaptureStderr();
  EXPECT_EQ(run(code(0), config), EXIT_FAILURE);
  const std::string printed = testing::internal::GetCapturedStderr();
  EXPECT_NE(printed.find("singel_loop"), std::string::npos);
  EXPECT_NE(printed.find("did you mean 'single_loop'"), std::string::npos);
}

}  // namespace
}  // namespace gauntlet
