// What the tests that run a whole load ask for, and how they run it.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "harness/load/run_load.hpp"
#include "harness/load/tests/test_server.hpp"

namespace gauntlet {

inline const std::string kHello = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, World!";

/// A short closed loop on four connections, of requests that `kHello` answers.
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

/// The same as an open loop.
inline LoadRequest open_loop_to(const TestServer& server, double rate_rps) {
  LoadRequest request = request_to(server);
  request.plan.pacing = Pacing::open;
  request.plan.rate_rps = rate_rps;
  return request;
}

inline LoadResult load(const LoadRequest& request) {
  auto result = run_load(request);
  EXPECT_TRUE(result) << result.error();
  return result ? *result : LoadResult();
}

}  // namespace gauntlet
