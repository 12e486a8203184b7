#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <thread>

#include "harness/load/tests/test_load.hpp"
#include "harness/measure/histogram_codec.hpp"
#include "harness/measure/monotonic_clock.hpp"

namespace gauntlet {
namespace {

std::int64_t count_above(const std::string& histogram, std::int64_t limit_ns) {
  const auto decoded = decode_compressed(histogram);
  EXPECT_TRUE(decoded);
  std::int64_t count = 0;
  for (std::size_t i = decoded->index_of(limit_ns); i < decoded->counts().size(); ++i) count += decoded->counts()[i];
  return count;
}

TEST(OpenLoop, APauseOfTheSubjectShowsInCorrectedLatencyAndHardlyInUncorrected) {
  const TestServer server(echo_behaviour(), TestServer::Home::process);
  LoadRequest request = request_to(server);
  request.plan.protocol = Protocol::echo;
  request.plan.pacing = Pacing::open;
  request.plan.rate_rps = 2000;
  request.plan.warmup_cap_s = 0;
  request.plan.duration_s = 1;
  request.subject_pid = server.pid();
  std::int64_t paused_ns = 0;
  std::thread pauser([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    kill(server.pid(), SIGSTOP);
    waitpid(server.pid(), nullptr, WUNTRACED);
    const std::int64_t stopped_ns = monotonic_ns();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    paused_ns = monotonic_ns() - stopped_ns;
    kill(server.pid(), SIGCONT);
  });
  const LoadResult result = load(request);
  pauser.join();
  EXPECT_EQ(result.outcome.errors, 0u) << result.outcome.first_error;
  EXPECT_GE(result.outcome.corrected.max, 0.9 * static_cast<double>(paused_ns) / 1000);
  EXPECT_LT(result.outcome.uncorrected.p50, result.outcome.corrected.max / 2);
  const std::int64_t corrected = count_above(result.corrected_histogram, paused_ns / 2);
  const std::int64_t uncorrected = count_above(result.uncorrected_histogram, paused_ns / 2);
  EXPECT_GE(uncorrected, 1);
  EXPECT_GE(corrected, 10 * uncorrected);
  EXPECT_GT(result.outcome.subject.cpu_s, 0);
  EXPECT_GT(result.outcome.subject.rss_bytes, 0u);
}

}  // namespace
}  // namespace gauntlet
