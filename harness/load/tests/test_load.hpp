// What the tests that run a whole load ask for, and how they run it.
#pragma once

#include <gtest/gtest.h>

#include "harness/load/run_load.hpp"
#include "harness/load/tests/test_server.hpp"

namespace gauntlet {

/// A short closed loop on four connections.
inline LoadRequest request_to(const TestServer& server) {
  LoadRequest request;
  request.port = server.port();
  request.plan.pacing = Pacing::closed;
  request.plan.connections = 4;
  request.plan.expect_body = "Hello, World!";
  request.plan.warmup_cap_s = 0.1;
  request.plan.duration_s = 0.2;
  return request;
}

inline LoadResult load(const LoadRequest& request) {
  auto result = run_load(request);
  EXPECT_TRUE(result) << result.error();
  return result ? *result : LoadResult();
}

}  // namespace gauntlet
