#include "runtimes/contract/dispatch.hpp"

#include <gtest/gtest.h>

#include "runtimes/contract/config.hpp"

namespace gauntlet {
namespace {

TEST(Dispatcher, RoundRobinGivesEveryWorkerTheSame) {
  Dispatcher dispatcher(Dispatch::round_robin, 3);
  int given[3] = {};
  for (int i = 0; i < 300; ++i) ++given[dispatcher.choose()];
  for (const int count : given) EXPECT_EQ(count, 100);
}

TEST(Dispatcher, LeastLoadedPrefersTheWorkerWithTheFewestOpenSockets) {
  Dispatcher dispatcher(Dispatch::least_loaded, 3);
  for (int i = 0; i < 5; ++i) dispatcher.socket_opened(0);
  for (int i = 0; i < 5; ++i) dispatcher.socket_opened(2);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(dispatcher.choose(), 1);
  for (int i = 0; i < 3; ++i) dispatcher.socket_closed(2);
  for (int i = 0; i < 5; ++i) dispatcher.socket_opened(1);
  EXPECT_EQ(dispatcher.choose(), 2);
}

TEST(Dispatcher, LeastLoadedTakesTurnsAmongEquals) {
  Dispatcher dispatcher(Dispatch::least_loaded, 4);
  int given[4] = {};
  for (int i = 0; i < 40; ++i) ++given[dispatcher.choose()];
  for (const int count : given) EXPECT_EQ(count, 10);
}

TEST(RuntimeConfig, ItsDefaultsAreValid) { EXPECT_TRUE(check(RuntimeConfig{}).has_value()); }

TEST(RuntimeConfig, AMistypedDispatchIsNamedWithItsNearestName) {
  RuntimeConfig config;
  config.dispatch = "least_load";
  EXPECT_EQ(check(config).error(),
            "dispatch is round_robin, least_loaded or affinity, not 'least_load'; did you mean 'least_loaded'?");
}

TEST(RuntimeConfig, WorkersAreBounded) {
  RuntimeConfig config;
  config.worker_threads = 0;
  EXPECT_EQ(check(config).error(), "worker_threads is 1 to 254, not 0");
  config.worker_threads = most_workers + 1;
  EXPECT_FALSE(check(config).has_value());
  config.worker_threads = most_workers;
  EXPECT_TRUE(check(config).has_value());
}

}  // namespace
}  // namespace gauntlet
