#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <thread>

#include "harness/load/schedule.hpp"
#include "harness/load/tally.hpp"
#include "harness/load/tests/test_load.hpp"
#include "harness/measure/histogram_codec.hpp"

namespace gauntlet {
namespace {

using ::testing::HasSubstr;

TEST(ClosedLoop, CountsEveryAnswerOnce) {
  const TestServer server(http_behaviour(kHello));
  const LoadOutcome outcome = load(request_to(server)).outcome;
  EXPECT_GT(outcome.completed, 0u);
  EXPECT_EQ(outcome.errors, 0u) << outcome.first_error;
  EXPECT_EQ(outcome.uncorrected.samples, outcome.sent);
  EXPECT_EQ(outcome.corrected.samples, outcome.uncorrected.samples);
  // Requests under way at either edge belong to one side only.
  EXPECT_LE(std::abs(static_cast<double>(outcome.completed) - static_cast<double>(outcome.sent)), 4);
  EXPECT_GT(outcome.generator_cpu_s, 0);
}

TEST(ClosedLoop, OpensAConnectionForEachRequestWhenAskedTo) {
  // Answers the first request of a connection and leaves a mark behind it; a second one gets rubbish.
  const TestServer server([](std::string& input, std::string& output) {
    output += input.starts_with('#') ? "rubbish" : kHello;
    input = "#";
    return true;
  });
  LoadRequest request = request_to(server);
  request.plan.reconnect = true;
  const LoadOutcome outcome = load(request).outcome;
  EXPECT_GT(outcome.completed, 4u);
  EXPECT_EQ(outcome.errors, 0u) << outcome.first_error;
  request.plan.reconnect = false;
  const LoadOutcome kept = load(request).outcome;
  const bool in_warmup = std::ranges::find(kept.warnings, "warmup_errors", &Warning::code) != kept.warnings.end();
  EXPECT_TRUE(in_warmup || kept.errors > 0) << "the mark is seen when a connection stays";
}

TEST(IdleConnections, StandOpenAndSendNothing) {
  std::atomic<bool> anything_came = false;
  const TestServer server([&anything_came](std::string&, std::string&) { return anything_came = true; });
  LoadRequest request = request_to(server);
  request.plan.pacing = Pacing::idle;
  const LoadOutcome outcome = load(request).outcome;
  EXPECT_FALSE(anything_came);
  EXPECT_EQ(outcome.sent, 0u);
  EXPECT_EQ(outcome.errors, 0u) << outcome.first_error;
  EXPECT_DOUBLE_EQ(outcome.duration_s, request.plan.duration_s);
  EXPECT_TRUE(outcome.warnings.empty()) << outcome.warnings.front().text;
}

TEST(ClosedLoop, KeepsAsManyRequestsOutstandingAsThePipelineSays) {
  std::size_t most_at_once = 0;
  const TestServer server([&most_at_once](std::string& input, std::string& output) {
    std::size_t requests = 0;
    for (std::size_t end = 0; (end = input.find("\r\n\r\n")) != std::string::npos; ++requests) {
      input.erase(0, end + 4);
      output += kHello;
    }
    most_at_once = std::max(most_at_once, requests);
    return true;
  });
  LoadRequest request = request_to(server);
  request.plan.pipeline = 8;
  const LoadOutcome outcome = load(request).outcome;
  EXPECT_EQ(outcome.errors, 0u) << outcome.first_error;
  EXPECT_GT(outcome.completed, 0u);
  EXPECT_EQ(most_at_once, 8u);
}

TEST(ClosedLoop, SeveralThreadsShareTheConnections) {
  const TestServer server(echo_behaviour());
  LoadRequest request = request_to(server);
  request.plan.protocol = Protocol::echo;
  request.plan.connections = 5;
  request.threads = 2;
  const LoadOutcome outcome = load(request).outcome;
  EXPECT_EQ(outcome.errors, 0u) << outcome.first_error;
  EXPECT_GT(outcome.completed, 0u);
  EXPECT_EQ(outcome.uncorrected.samples, outcome.sent);
}

TEST(ClosedLoop, AnswersThatComeInPiecesAreRight) {
  // What a send cannot take at once arrives later: a body far beyond the socket's buffers.
  const std::string body(1'000'000, 'x');
  const TestServer server(http_behaviour("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + body));
  LoadRequest request = request_to(server);
  request.plan.connections = 2;
  request.plan.duration_s = 2;  // enough for one answer under a sanitizer on a busy machine
  request.plan.expect_body = body;
  const LoadOutcome outcome = load(request).outcome;
  EXPECT_EQ(outcome.errors, 0u) << outcome.first_error;
  EXPECT_GT(outcome.uncorrected.samples, 0u);
}

TEST(ClosedLoop, LargeEchoesAreSentInPiecesAndComeBackWhole) {
  const TestServer server(echo_behaviour());
  LoadRequest request = request_to(server);
  request.plan.protocol = Protocol::echo;
  request.plan.payload_bytes = 1 << 20;
  request.plan.connections = 1;
  request.plan.duration_s = 1;
  const LoadOutcome outcome = load(request).outcome;
  EXPECT_EQ(outcome.errors, 0u) << outcome.first_error;
  EXPECT_GT(outcome.uncorrected.samples, 0u);
}

TEST(OpenLoop, OffersExactlyTheArrivalsOfItsSchedule) {
  const TestServer server(http_behaviour(kHello));
  LoadRequest request = request_to(server);
  request.plan.pacing = Pacing::open;
  request.plan.rate_rps = 1000;
  request.plan.seed = 5;
  std::uint64_t expected = 0;
  for (Schedule schedule(Arrival::poisson, 1000, 5); schedule.next() < 200'000'000;) ++expected;
  for (const std::uint32_t threads : {1u, 2u}) {
    request.threads = threads;
    const LoadOutcome outcome = load(request).outcome;
    EXPECT_EQ(outcome.scheduled, expected);
    EXPECT_EQ(outcome.corrected.samples, expected);
    EXPECT_EQ(outcome.errors, 0u) << outcome.first_error;
    EXPECT_LE(outcome.uncorrected.mean, outcome.corrected.mean);
  }
}

TEST(OpenLoop, ATimelineAddsUpToWhatTheWholeWindowSaw) {
  const TestServer server(echo_behaviour(), TestServer::Home::process);
  LoadRequest request = open_loop_to(server, 1000);
  request.plan.protocol = Protocol::echo;
  request.plan.timeline_interval_s = 0.05;
  request.subject_pid = server.pid();
  for (const std::uint32_t threads : {1u, 2u}) {
    request.threads = threads;
    const LoadResult result = load(request);
    ASSERT_EQ(result.timeline.latency.size(), 4u);
    const auto whole = decode_compressed(result.corrected_histogram);
    ASSERT_TRUE(whole) << whole.error();
    Histogram expected(kTimelineLayout), sum(kTimelineLayout);
    EXPECT_TRUE(expected.merge(*whole));
    for (const std::string& interval : result.timeline.latency) {
      const auto part = decode_compressed(interval);
      ASSERT_TRUE(part) << part.error();
      EXPECT_GT(part->count(), 10) << "50 are due in each";
      EXPECT_TRUE(sum.merge(*part));
    }
    EXPECT_EQ(sum, expected);
    EXPECT_FALSE(result.timeline.lanes.empty());
    EXPECT_LE(result.timeline.lanes.size(), 4u) << "fewer where the generator did not get its CPU in time";
    EXPECT_GT(result.window_start_ns, 0);
  }
}

TEST(OpenLoop, WithoutATimelineNothingIsKept) {
  const TestServer server(echo_behaviour());
  LoadRequest request = open_loop_to(server, 500);
  request.plan.protocol = Protocol::echo;
  const LoadResult result = load(request);
  EXPECT_TRUE(result.timeline.latency.empty());
  EXPECT_TRUE(result.timeline.lanes.empty());
}

TEST(OpenLoop, AnArrivalThatFindsNoFreeConnectionCountsFromItsTime) {
  // 10 ms each on one connection serve 100 of the 500 that are offered a second.
  const TestServer server(slow_echo_behaviour(std::chrono::milliseconds(10)));
  LoadRequest request = request_to(server);
  request.plan.protocol = Protocol::echo;
  request.plan.pacing = Pacing::open;
  request.plan.rate_rps = 500;
  request.plan.connections = 1;
  const LoadOutcome outcome = load(request).outcome;
  EXPECT_GT(outcome.corrected.max, 2 * outcome.uncorrected.p50);
  EXPECT_LT(outcome.sent, outcome.scheduled);
  EXPECT_LT(outcome.completed, outcome.corrected.samples) << "answers of the drain are no throughput of the window";
  EXPECT_EQ(outcome.corrected.samples + outcome.errors, outcome.scheduled);
  EXPECT_FALSE(outcome.steady);
}

TEST(Errors, AWrongAnswerIsNoThroughput) {
  const TestServer server(http_behaviour("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"));
  const LoadResult result = load(request_to(server));
  EXPECT_EQ(result.outcome.completed, 0u);
  EXPECT_EQ(result.outcome.uncorrected.samples, 0u);
  EXPECT_EQ(result.outcome.errors, result.outcome.sent);
  EXPECT_EQ(result.error_kinds.at("wrong_status"), result.outcome.errors);
  EXPECT_THAT(result.outcome.first_error, HasSubstr("status 500 and not 200"));
}

TEST(Errors, AWrongEchoIsCountedAndTheConnectionOpenedAgain) {
  const TestServer server([](std::string& input, std::string& output) {
    output.swap(input);
    output.back() = '?';
    return true;
  });
  LoadRequest request = request_to(server);
  request.plan.protocol = Protocol::echo;
  request.plan.duration_s = 1;
  const LoadResult result = load(request);
  EXPECT_EQ(result.outcome.completed, 0u);
  EXPECT_GT(result.error_kinds.at("wrong_body"), 4u) << "more than its connections: they came back";
  EXPECT_THAT(result.outcome.first_error, HasSubstr("differs from byte 63"));
}

TEST(Errors, AConnectionThatIsClosedCostsItsRequestAndComesBack) {
  int answers = 0;
  const TestServer server([&answers](std::string& input, std::string& output) {
    if (++answers % 10 == 0) return false;
    output.swap(input);
    return true;
  });
  LoadRequest request = request_to(server);
  request.plan.protocol = Protocol::echo;
  const LoadResult result = load(request);
  EXPECT_GT(result.outcome.completed, 0u);
  EXPECT_GT(result.error_kinds.at("connection_lost"), 0u);
  EXPECT_EQ(result.outcome.uncorrected.samples + result.outcome.errors, result.outcome.sent);
}

TEST(Errors, AnAnnouncedCloseCostsNothing) {
  const TestServer server([](std::string& input, std::string& output) {
    if (input.find("\r\n\r\n") == std::string::npos) return true;
    output = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    return false;
  });
  LoadRequest request = request_to(server);
  request.plan.expect_body = "";
  const LoadOutcome outcome = load(request).outcome;
  EXPECT_GT(outcome.completed, 4u);
  EXPECT_EQ(outcome.errors, 0u) << outcome.first_error;
}

TEST(Errors, ASubjectThatNeverAnswersEndsTheLoadAllTheSame) {
  const TestServer server([](std::string& input, std::string&) {
    input.clear();
    return true;
  });
  LoadRequest request = request_to(server);
  request.plan.pacing = Pacing::open;
  request.plan.rate_rps = 200;
  const LoadResult result = load(request);
  EXPECT_EQ(result.outcome.completed, 0u);
  EXPECT_GT(result.outcome.scheduled, 0u);
  EXPECT_EQ(result.error_kinds.at("unanswered"), result.outcome.scheduled);
}

TEST(Errors, ASubjectThatIsNotThereIsNamed) {
  LoadRequest request;
  {
    const TestServer server(echo_behaviour());
    request = request_to(server);
  }
  const auto result = run_load(request);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error(), HasSubstr("127.0.0.1:" + std::to_string(request.port)));
}

TEST(Errors, ASubjectThatDiesMidwayVoidsItsConsumption) {
  const TestServer server(echo_behaviour(), TestServer::Home::process);
  LoadRequest request = request_to(server);
  request.plan.protocol = Protocol::echo;
  request.plan.warmup_cap_s = 0;
  request.plan.duration_s = 1;
  request.subject_pid = server.pid();
  std::thread killer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    kill(server.pid(), SIGKILL);
    waitpid(server.pid(), nullptr, 0);
  });
  const LoadResult result = load(request);
  killer.join();
  EXPECT_GT(result.outcome.errors, 0u);
  bool is_void = false;
  for (const Warning& warning : result.outcome.warnings) is_void = is_void || warning.code == "subject_gone";
  EXPECT_TRUE(is_void);
}

TEST(Errors, ACpuThatIsNotThereIsNamed) {
  const TestServer server(echo_behaviour());
  LoadRequest request = request_to(server);
  request.cpus = {1023};
  const auto result = run_load(request);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error(), HasSubstr("1023"));
}

}  // namespace
}  // namespace gauntlet
