// Loads that are more than one rate of one request.
#include <gtest/gtest.h>

#include <chrono>

#include "harness/load/schedule.hpp"
#include "harness/load/tests/test_load.hpp"

namespace gauntlet {
namespace {

TEST(Overload, RequestsThatTheSubjectShedsAreNeitherRightNorErrors) {
  int count = 0;
  const TestServer server([&count](std::string& input, std::string& output) {
    for (std::size_t end = 0; (end = input.find("\r\n\r\n")) != std::string::npos;) {
      input.erase(0, end + 4);
      output += ++count % 2 == 0 ? kHello : "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
    }
    return true;
  });
  LoadRequest request = open_loop_to(server, 1000);
  request.plan.counts_shed = true;
  const LoadOutcome outcome = load(request).outcome;
  EXPECT_EQ(outcome.errors, 0u) << outcome.first_error;
  EXPECT_GT(outcome.shed, outcome.scheduled / 3);
  EXPECT_EQ(outcome.corrected.samples + outcome.shed, outcome.scheduled);
}

TEST(Mixture, TheOtherKindIsToldApartAndCheckedByItsOwnBody) {
  const TestServer server([](std::string& input, std::string& output) {
    for (std::size_t end = 0; (end = input.find("\r\n\r\n")) != std::string::npos; input.erase(0, end + 4)) {
      output += input.starts_with("GET /other ") ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother" : kHello;
    }
    return true;
  });
  LoadRequest request = open_loop_to(server, 2000);
  request.plan.other = {.share = 0.25, .path = "/other", .expect_body = "other"};
  const LoadOutcome outcome = load(request).outcome;
  EXPECT_EQ(outcome.errors, 0u) << outcome.first_error;
  EXPECT_EQ(outcome.corrected.samples + outcome.apart.samples, outcome.scheduled);
  EXPECT_NEAR(static_cast<double>(outcome.apart.samples), 0.25 * static_cast<double>(outcome.scheduled),
              0.1 * static_cast<double>(outcome.scheduled));
  EXPECT_EQ(load(request).outcome.apart.samples, outcome.apart.samples) << "the same requests with the same seed";
}

TEST(Overload, ASurgeIsOfferedFirstAndToldApart) {
  const TestServer server(http_behaviour(kHello));
  LoadRequest request = open_loop_to(server, 500);
  request.plan.surge = {.rate_rps = 5000, .duration_s = 0.1};
  request.plan.objective_us = 1e7;
  request.plan.interval_s = 0.1;
  std::uint64_t in_surge = 0, after = 0;
  for (Schedule schedule(Arrival::poisson, 5000, request.plan.seed); schedule.next() < 100'000'000;) ++in_surge;
  for (Schedule schedule(Arrival::poisson, 500, request.plan.seed); schedule.next() < 100'000'000;) ++after;
  const LoadOutcome outcome = load(request).outcome;
  EXPECT_EQ(outcome.errors, 0u) << outcome.first_error;
  EXPECT_EQ(outcome.apart.samples, in_surge);
  EXPECT_EQ(outcome.corrected.samples, after);
  ASSERT_EQ(outcome.intervals.size(), 2u);
  EXPECT_EQ(outcome.intervals[0].completed + outcome.intervals[1].completed, outcome.completed);
  EXPECT_EQ(outcome.intervals[0].good, outcome.intervals[0].completed) << "10 s are long";
}

TEST(Overload, AnArrivalThatWaitsTooLongForAConnectionIsAbandoned) {
  const TestServer server(slow_echo_behaviour(std::chrono::milliseconds(10)));
  LoadRequest request = open_loop_to(server, 2000);
  request.plan.protocol = Protocol::echo;
  request.plan.connections = 1;
  request.plan.patience_s = 0.02;
  request.plan.interval_s = 0.2;
  const LoadOutcome outcome = load(request).outcome;
  EXPECT_EQ(outcome.errors, 0u) << outcome.first_error;
  EXPECT_GT(outcome.abandoned, outcome.scheduled / 2);
  EXPECT_EQ(outcome.corrected.samples + outcome.abandoned, outcome.scheduled);
  ASSERT_EQ(outcome.intervals.size(), 1u);
  EXPECT_EQ(outcome.intervals[0].good, 0u) << "nothing is within an objective of 0";
}

}  // namespace
}  // namespace gauntlet
