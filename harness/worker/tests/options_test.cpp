#include "harness/worker/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gauntlet {
namespace {

using testing::HasSubstr;

std::expected<WorkerOptions, std::string> parse(std::vector<const char*> arguments) {
  return parse_worker_options(arguments);
}

TEST(WorkerOptions, SurviveTheWayThroughACommandLine) {
  WorkerOptions options;
  options.scenario = "load";
  options.runtime = "single_loop";
  options.port = 8080;
  options.config = "/etc/gauntlet.toml";
  options.params = {{"protocol", "echo"}, {"body", "a=b c"}};
  const auto texts = worker_arguments(options);
  std::vector<const char*> arguments;
  for (const auto& text : texts) arguments.push_back(text.c_str());
  const auto back = parse(arguments);
  ASSERT_TRUE(back) << back.error();
  EXPECT_EQ(back->scenario, "load");
  EXPECT_EQ(back->runtime, "single_loop");
  EXPECT_EQ(back->port, 8080);
  EXPECT_EQ(back->config, "/etc/gauntlet.toml");
  EXPECT_EQ(back->message_fd, kMessageFd);
  EXPECT_EQ(back->params, options.params);
}

TEST(WorkerOptions, ToProbeARuntimeNeedNothingElse) {
  const auto options = parse({"--probe", "asio_uring"});
  ASSERT_TRUE(options) << options.error();
  EXPECT_EQ(options->probe, "asio_uring");
  EXPECT_THAT(parse({"--probe"}).error(), HasSubstr("--probe"));
}

TEST(WorkerOptions, AnErrorNamesTheOption) {
  EXPECT_THAT(parse({"--colour", "red"}).error(), HasSubstr("--colour"));
  EXPECT_THAT(parse({"--scenario"}).error(), HasSubstr("--scenario"));
  EXPECT_THAT(parse({"--scenario", "load"}).error(), HasSubstr("--runtime"));
  EXPECT_THAT(parse({"--port", "70000"}).error(), HasSubstr("70000"));
  EXPECT_THAT(parse({"-p", "novalue"}).error(), HasSubstr("novalue"));
}

}  // namespace
}  // namespace gauntlet
