#include "runtimes/recovery/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <future>
#include <mutex>
#include <thread>

#include "runtimes/contract/registry.hpp"
#include "runtimes/contract/tests/contenders.hpp"
#include "runtimes/files/scratch_folder.hpp"
#include "runtimes/http/tests/client.hpp"
#include "runtimes/recovery/journal/journal_backend.hpp"
#include "runtimes/recovery/tests/backends_under_test.hpp"
#include "runtimes/task/spawn.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet::recovery {
namespace {

using http::fixtures::ask_once;
using http::fixtures::body_of;
using http::fixtures::status_of;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// What the handlers of a test did.
struct Effects {
  std::atomic<int> orders{0};
  std::atomic<bool> hangs{false};   ///< orders never end
  std::atomic<bool> throws{false};  ///< orders fail
  std::mutex mutex;
  std::vector<std::string> bodies;
};

http::Router routes(Effects& effects) {
  http::Router router;
  router.add(http::Method::post, "/orders", [&effects](http::Request& request) -> Task<http::Response> {
    {
      const std::lock_guard lock(effects.mutex);
      effects.bodies.emplace_back(request.body);
    }
    while (effects.hangs) co_await sleep_for(std::chrono::milliseconds(1));
    if (effects.throws) throw std::runtime_error("no stock");
    http::Response response(http::Status::created, "application/json", std::to_string(++effects.orders));
    response.add_header("X-Order", "yes");
    co_return response;
  });
  router.add(http::Method::get, "/orders",
             [](http::Request&) -> Task<http::Response> { co_return http::Response::text(http::Status::ok, "list"); });
  return router;
}

/// A server on a thread of its own. Its end is that of a killed process, as far as the journal knows: whatever was
/// under way just stops.
class Running {
 public:
  Running(const std::string& backend, const RecoveryConfig& config, Effects& effects, RecoverHandler hook = {})
      : thread_([=, this, &effects] { run(backend, config, effects, hook); }) {
    ready_.get_future().wait();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    if (runtime_ != nullptr) runtime_->stop();
    stopped_.set_value();
    thread_.join();
  }

  std::uint16_t port = 0;
  JournalResult<ReplayReport> replayed;
  const Recovery* recovery = nullptr;

 private:
  Task<void> serve(const RecoveryConfig& config, Effects& effects, RecoverHandler hook) {
    Server server(routes(effects));
    server.enable_request_recovery(config);
    if (hook) server.on_recover(std::move(hook));
    const Task<JournalResult<ReplayReport>> recovering = server.recover();
    replayed = co_await recovering;
    recovery = server.recovery();
    if (replayed) port = server.listen(Endpoint::loopback(0)).value_or(0);
    ready_.set_value();
    if (port != 0) static_cast<void>(co_await server.serve());
  }

  void run(const std::string& backend, const RecoveryConfig& config, Effects& effects, const RecoverHandler& hook) {
    RuntimeConfig wanted;
    wanted.backend = backend;
    auto runtime = make_runtime(wanted);
    if (!runtime) return ready_.set_value();
    runtime_ = runtime->get();
    spawn(**runtime, serve(config, effects, hook)).detach();
    runtime_->run();
    stopped_.get_future().wait();
  }

  std::promise<void> ready_;
  std::promise<void> stopped_;
  Runtime* runtime_ = nullptr;
  std::thread thread_;
};

/// Every runtime with segments, and one with every other backend.
std::vector<std::string> runtimes_and_backends() {
  std::vector<std::string> all = fixtures::contenders();
  for (const std::string_view other : fixtures::backends_under_test()) {
    if (other != "segment") all.push_back("single_loop " + std::string(other));
  }
  return all;
}

/// Its parameter is the name of a runtime, and behind a blank that of a backend.
class RecoveryServerTest : public testing::TestWithParam<std::string> {
 protected:
  RecoveryServerTest() : runtime_(GetParam().substr(0, GetParam().find(' '))) {
    if (runtime_ != GetParam()) config_.journal_backend = GetParam().substr(runtime_.size() + 1);
    config_.journal_path = folder_.path() / "journal";
    config_.segment_bytes = 256 * 1024;
    config_.backoff = std::chrono::milliseconds(1);
  }
  void SetUp() override {
    RuntimeConfig wanted;
    wanted.backend = runtime_;
    if (const auto made = make_runtime(wanted); !made) GTEST_SKIP() << made.error().reason;
  }
  std::unique_ptr<Running> start(RecoverHandler hook = {}) {
    return std::make_unique<Running>(runtime_, config_, effects_, std::move(hook));
  }
  static std::string order(std::string_view body, std::string_view headers = {}) {
    return "POST /orders HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + std::string(headers) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
  }
  static std::string with_key(std::string_view key) {
    return "Idempotency-Key: " + std::string(key) + "\r\ntraceparent: " + std::string(traceparent) + "\r\n";
  }
  /// Leaves orders in the journal that were accepted and never finished.
  void interrupt(const std::vector<std::string>& bodies) {
    effects_.hangs = true;
    {
      const auto server = start();
      std::vector<std::unique_ptr<http::fixtures::Client>> clients;
      for (std::size_t i = 0; i < bodies.size(); ++i) {
        clients.push_back(std::make_unique<http::fixtures::Client>(server->port));
        clients.back()->send(order(bodies[i], with_key("k" + bodies[i])));
        while (effects_seen() <= i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    }
    effects_.hangs = false;
    const std::lock_guard lock(effects_.mutex);
    effects_.bodies.clear();
  }
  /// A process that ends while it replays, as far as the journal knows: not a server, which would not be ready as long
  /// as the hook hangs.
  template <typename HasBegun>
  void end_within_replay(const RecoverHandler& hang, HasBegun has_begun) {
    RuntimeConfig wanted;
    wanted.backend = runtime_;
    auto runtime = make_runtime(wanted);
    Server server(routes(effects_));
    server.enable_request_recovery(config_);
    server.on_recover(hang);
    spawn(**runtime, server.recover()).detach();
    while (!has_begun()) (*runtime)->poll_once();
    runtime->reset();
  }
  std::size_t effects_seen() {
    const std::lock_guard lock(effects_.mutex);
    return effects_.bodies.size();
  }

  const std::string runtime_;
  const ScratchFolder folder_;
  RecoveryConfig config_;
  Effects effects_;
};

TEST_P(RecoveryServerTest, ARepetitionIsAnsweredAsBeforeAndNotExecuted) {
  config_.promise = Promise::completed;
  std::string first;
  {
    const auto server = start();
    first = ask_once(server->port, order("a", with_key("1")));
    EXPECT_EQ(status_of(first), 201);
    const std::string again = ask_once(server->port, order("a", with_key("1")));
    EXPECT_EQ(status_of(again), 201);
    EXPECT_EQ(body_of(again), body_of(first));
    EXPECT_THAT(again, HasSubstr("X-Order: yes"));
    EXPECT_THAT(again, HasSubstr("Content-Type: application/json"));
    EXPECT_THAT(again, HasSubstr("Idempotent-Replayed: true"));
    EXPECT_EQ(status_of(ask_once(server->port, order("b", with_key("1")))), 422);
    EXPECT_EQ(body_of(ask_once(server->port, "GET /orders HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")), "list");
  }
  const auto server = start();
  EXPECT_EQ(body_of(ask_once(server->port, order("a", with_key("1")))), body_of(first));
  EXPECT_EQ(effects_.orders, 1);
}

TEST_P(RecoveryServerTest, ARepetitionOfWhatIsNotFinishedIsAConflict) {
  effects_.hangs = true;
  const auto server = start();
  const http::fixtures::Client client(server->port);
  client.send(order("a", with_key("1")));
  while (effects_seen() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(status_of(ask_once(server->port, order("a", with_key("1")))), 409);
  effects_.hangs = false;
}

TEST_P(RecoveryServerTest, WhatWasInterruptedIsReplayedInOrderWithItsTrace) {
  interrupt({"a", "b", "c"});
  std::vector<std::string> seen;
  RecoverHandler hook = [&seen](Context& context, const Request& request) -> Task<void> {
    EXPECT_EQ(context.trace_id(), traceparent.substr(3, 32));
    EXPECT_EQ(context.attempt(), 1U);
    EXPECT_GT(context.elapsed().count(), 0);
    EXPECT_EQ(request.header("host"), "h");
    seen.emplace_back(request.body());
    co_await retry_original_handler(request);
  };
  const auto server = start(hook);
  ASSERT_TRUE(server->replayed.has_value()) << server->replayed.error().text;
  EXPECT_EQ(server->replayed->incomplete, 3U);
  EXPECT_EQ(server->replayed->completed, 3U);
  EXPECT_THAT(seen, ElementsAre("a", "b", "c"));
  EXPECT_EQ(effects_.orders, 3);
  // The client who asks again gets what the replay came to.
  EXPECT_EQ(body_of(ask_once(server->port, order("b", with_key("kb")))), "2");
}

TEST_P(RecoveryServerTest, TheAttemptIsDurableBeforeItRuns) {
  interrupt({"a"});
  for (std::uint32_t attempt = 1; attempt <= config_.max_recovery_attempts; ++attempt) {
    std::promise<std::uint32_t> begun;
    std::future<std::uint32_t> number = begun.get_future();
    const RecoverHandler hang = [&begun](Context& context, const Request&) -> Task<void> {
      begun.set_value(context.attempt());
      for (;;) co_await sleep_for(std::chrono::hours(1));
    };
    const auto has_begun = [&number] { return number.wait_for(std::chrono::seconds(0)) == std::future_status::ready; };
    end_within_replay(hang, has_begun);
    EXPECT_EQ(number.get(), attempt);
  }
  const auto server = start();
  ASSERT_TRUE(server->replayed.has_value());
  EXPECT_EQ(server->replayed->dead, 1U);
  ASSERT_EQ(server->recovery->ledger().dead_letters().size(), 1U);
  EXPECT_THAT(server->recovery->ledger().dead_letters()[0].reason, HasSubstr("the process ended each time"));
  EXPECT_EQ(effects_.orders, 0);
}

TEST_P(RecoveryServerTest, StartsThatNeverGetThroughTheirReplayAreCountedAndThenNothingIsReplayed) {
  interrupt({"a", "b"});
  config_.max_recovery_attempts = 100;
  config_.max_unfinished_starts = 2;
  for (std::uint32_t unfinished = 0; unfinished < config_.max_unfinished_starts; ++unfinished) {
    bool begun = false;
    const RecoverHandler hang = [&begun](Context&, const Request&) -> Task<void> {
      begun = true;
      for (;;) co_await sleep_for(std::chrono::hours(1));
    };
    end_within_replay(hang, [&begun] { return begun; });
  }
  {
    const auto server = start();
    ASSERT_TRUE(server->replayed.has_value());
    EXPECT_TRUE(server->replayed->breaker_open);
    EXPECT_EQ(server->replayed->dead, 2U);
    ASSERT_EQ(server->recovery->ledger().dead_letters().size(), 2U);
    EXPECT_THAT(server->recovery->ledger().dead_letters()[1].reason, HasSubstr("the breaker is open: 2 starts"));
    EXPECT_EQ(effects_.orders, 0);
  }
  // That start got through, so the next one replays again.
  interrupt({"c"});
  const auto server = start();
  EXPECT_FALSE(server->replayed->breaker_open);
  EXPECT_EQ(server->replayed->completed, 1U);
}

TEST_P(RecoveryServerTest, WhatFailsEachTimeBecomesADeadLetterAndStaysOne) {
  interrupt({"a"});
  effects_.throws = true;
  {
    const auto server = start();
    ASSERT_TRUE(server->replayed.has_value());
    EXPECT_EQ(server->replayed->dead, 1U);
    EXPECT_EQ(effects_seen(), config_.max_recovery_attempts);
  }
  effects_.throws = false;
  const auto server = start();
  EXPECT_EQ(server->replayed->incomplete, 0U);
  ASSERT_EQ(server->recovery->ledger().dead_letters().size(), 1U);
  EXPECT_THAT(server->recovery->ledger().dead_letters()[0].reason, HasSubstr("no stock"));
  EXPECT_EQ(effects_.orders, 0);
}

TEST_P(RecoveryServerTest, WhatIsTooLateIsNotReplayed) {
  config_.deadline = std::chrono::milliseconds(1);
  interrupt({"a"});
  std::this_thread::sleep_for(std::chrono::milliseconds(3));
  const auto server = start();
  EXPECT_EQ(server->replayed->dead, 1U);
  EXPECT_THAT(server->recovery->ledger().dead_letters()[0].reason, HasSubstr("deadline"));
}

TEST_P(RecoveryServerTest, RefusesToStartOnAJournalInUse) {
  const auto first = start();
  const auto second = start();
  ASSERT_FALSE(second->replayed.has_value());
  EXPECT_THAT(second->replayed.error().text, HasSubstr("in use by another process"));
}

TEST_P(RecoveryServerTest, RefusesABodyThatIsTooLargeForTheJournal) {
  config_.body_bytes_max = 10;
  const auto server = start();
  EXPECT_EQ(status_of(ask_once(server->port, order("more than ten"))), 413);
  EXPECT_EQ(effects_.orders, 0);
}

/// No write of this process gets beyond the start of a file as long as it lives.
class NoSpace {
 public:
  NoSpace() {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit none{.rlim_cur = 64, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  NoSpace(const NoSpace&) = delete;
  NoSpace& operator=(const NoSpace&) = delete;
  ~NoSpace() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_P(RecoveryServerTest, WithoutSpaceItExecutesNothingAndComesBackWithTheSpace) {
  const auto server = start();
  EXPECT_EQ(status_of(ask_once(server->port, order("a"))), 201);
  // A mapped segment has its space, and is used again when its requests are done.
  const bool has_space = config_.journal_backend == "mmap";
  const std::size_t executed = has_space ? 3 : 1;
  {
    const NoSpace no_space;
    const int answer = has_space ? 201 : 503;
    EXPECT_EQ(status_of(ask_once(server->port, order("b"))), answer);
    EXPECT_EQ(status_of(ask_once(server->port, order("c"))), answer);
    EXPECT_EQ(effects_seen(), executed);
  }
  int status = 503;
  while (status == 503) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    status = status_of(ask_once(server->port, order("d")));
  }
  EXPECT_EQ(status, 201);
  EXPECT_EQ(effects_seen(), executed + 1);
}

INSTANTIATE_TEST_SUITE_P(EveryRuntime, RecoveryServerTest, testing::ValuesIn(runtimes_and_backends()),
                         [](const auto& each) {
                           std::string name = each.param;
                           std::ranges::replace(name, ' ', '_');
                           return name;
                         });

int posts_recovered = 0;

Task<void> handle_post_recovery(const Request& req) {
  EXPECT_EQ(req.path(), "/orders");
  ++posts_recovered;
  co_return;
}

/// As a crash leaves it.
void leave_unfinished_order(const std::filesystem::path& folder) {
  StoredRequest order;
  order.target = "/orders";
  order.headers.emplace_back("traceparent", traceparent);
  const std::string payload = encode(order);
  std::array<Record, 1> record{{{.type = static_cast<std::uint8_t>(RecordType::accepted), .payload = payload}}};
  const auto journal =
      open_journal({.path = folder, .backend = "segment", .segment_bytes = 64 * 1024}, [](const Record&) {});
  ASSERT_TRUE((*journal)->append(record).has_value());
}

TEST(RecoveryServerApiTest, ReadsAsInTheArchitecture) {
  Effects effects;
  Server server(routes(effects));
  const ScratchFolder folder;
  leave_unfinished_order(folder.path());
  RecoveryConfig config;
  config.journal_path = folder.path();
  server.enable_request_recovery(config);
  server.on_recover([](Context& ctx, const Request& req) -> Task<> {
    ctx.logger().info("Recovering request: {}", req.path());

    // Custom recovery logic
    if (req.method() == "POST") {
      co_await handle_post_recovery(req);
    }

    co_await retry_original_handler(req);
  });
  auto runtime = make_runtime(RuntimeConfig{});
  testing::internal::CaptureStderr();
  const auto replayed = block_on(**runtime, server.recover());
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "recovery info trace=4bf92f3577b34da6a3ce929d0e0e4736 Recovering request: /orders\n");
  ASSERT_TRUE(replayed.has_value()) << replayed.error().text;
  EXPECT_EQ(replayed->completed, 1U);
  EXPECT_EQ(posts_recovered, 1);
  EXPECT_EQ(effects.orders, 1);
}

TEST(RecoveryServerApiTest, StartsWithoutARequestDoNotFillTheDisk) {
  const ScratchFolder folder;
  leave_unfinished_order(folder.path());
  RecoveryConfig config;
  config.journal_path = folder.path();
  config.segment_bytes = 64 * 1024;
  for (int start = 0; start < 30; ++start) {
    const auto recovery = Recovery::open(config);
    ASSERT_TRUE(recovery.has_value()) << recovery.error().text;
    EXPECT_EQ((*recovery)->ledger().incomplete().size(), 1U);
  }
  const auto files = std::distance(std::filesystem::directory_iterator(folder.path()), {});
  EXPECT_LT(files, 12) << "segments, a lock, a spare and one that is being made";
}

}  // namespace
}  // namespace gauntlet::recovery
