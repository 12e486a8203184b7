#include "runtimes/recovery/state_store.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "runtimes/contract/registry.hpp"
#include "runtimes/files/scratch_folder.hpp"
#include "runtimes/recovery/server.hpp"
#include "runtimes/task/spawn.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet::recovery {
namespace {

using http::Response;
using http::Status;

/// Counts the orders in the store; what else a handler of it does is up to a test.
class StateStoreTest : public testing::Test {
 protected:
  StateStoreTest() {
    config_.journal_path = folder_.path() / "journal";
    config_.segment_bytes = 64 * 1024;
    config_.backoff = std::chrono::milliseconds(1);
    runtime_ = std::move(*make_runtime(RuntimeConfig{}));
  }

  /// What a process has; a new one takes over when the one before is gone.
  struct Process {
    std::shared_ptr<StateStore> store = std::make_shared<StateStore>();
    http::Router plain;
    http::Router journalled;
    std::shared_ptr<Recovery> recovery;
  };

  std::unique_ptr<Process> start() {
    auto process = std::make_unique<Process>();
    const auto count = [this, store = process->store](http::Request& request) -> Task<Response> {
      const int orders = std::stoi(store->get("orders").value_or("0"));
      store->put(request, "orders", std::to_string(orders + 1));
      while (hangs_) co_await sleep_for(std::chrono::milliseconds(1));
      if (throws_) throw std::runtime_error("no stock");
      co_return Response::text(answer_, "counted");
    };
    process->plain.add(http::Method::post, "/orders", count);
    process->journalled = process->plain;
    auto opened = Recovery::open(config_);
    EXPECT_TRUE(opened.has_value()) << opened.error().text;
    process->recovery = std::move(*opened);
    process->recovery->keep(process->store);
    process->journalled.wrap(process->recovery->middleware());
    return process;
  }
  Task<Response> order(const Process& process, std::string key) {
    http::Request request;
    request.method = http::Method::post;
    request.target = request.path = "/orders";
    request.headers.push_back({"Idempotency-Key", key});
    const Task<Response> answering = process.journalled.dispatch(request);
    co_return co_await answering;
  }
  Status answer_to(const Process& process, const std::string& key) {
    return block_on(*runtime_, order(process, key)).status;
  }
  /// Its process ends while the handler runs, after it has put what it counted.
  void interrupt(const std::string& key) {
    hangs_ = true;
    auto process = start();
    spawn(*runtime_, order(*process, key)).detach();
    while (process->recovery->ledger().incomplete().empty()) runtime_->poll_once();
    for (int turn = 0; turn < 100; ++turn) runtime_->poll_once();
    runtime_ = nullptr;
    process = nullptr;
    hangs_ = false;
    runtime_ = std::move(*make_runtime(RuntimeConfig{}));
  }
  ReplayReport replay(Process& process) {
    const RecoverHandler handler = [](Context&, const Request& request) -> Task<void> {
      co_await retry_original_handler(request);
    };
    const auto replayed = block_on(*runtime_, process.recovery->replay(process.plain, handler));
    EXPECT_TRUE(replayed.has_value());
    return replayed.value_or(ReplayReport{});
  }

  const ScratchFolder folder_;
  RecoveryConfig config_;
  std::unique_ptr<Runtime> runtime_;
  bool hangs_ = false;
  bool throws_ = false;
  Status answer_ = Status::created;
};

TEST_F(StateStoreTest, HoldsWhatCompletedRequestsPutAndAfterARestartToo) {
  {
    const auto process = start();
    EXPECT_EQ(process->store->get("orders"), std::nullopt);
    EXPECT_EQ(answer_to(*process, "a"), Status::created);
    EXPECT_EQ(process->store->get("orders"), "1") << "durable, and to be seen, before the answer";
    EXPECT_EQ(answer_to(*process, "b"), Status::created);
  }
  EXPECT_EQ(start()->store->get("orders"), "2");
}

TEST_F(StateStoreTest, ARequestThatIsRepeatedOrReplayedChangesItOnce) {
  interrupt("a");
  const auto process = start();
  EXPECT_EQ(process->store->get("orders"), std::nullopt) << "what was put is part of no completion";
  EXPECT_EQ(replay(*process).completed, 1U);
  EXPECT_EQ(process->store->get("orders"), "1");
  EXPECT_EQ(answer_to(*process, "a"), Status::created);
  EXPECT_EQ(process->store->get("orders"), "1") << "the repetition was answered, not executed";
}

TEST_F(StateStoreTest, AFailedRequestChangesNothing) {
  const auto process = start();
  answer_ = Status::service_unavailable;
  EXPECT_EQ(answer_to(*process, "a"), Status::service_unavailable);
  answer_ = Status::created;
  throws_ = true;
  EXPECT_THROW(answer_to(*process, "b"), std::runtime_error);
  EXPECT_EQ(process->store->get("orders"), std::nullopt);
}

TEST_F(StateStoreTest, ADeadLetterHasChangedNothing) {
  interrupt("a");
  throws_ = true;
  const auto process = start();
  EXPECT_EQ(replay(*process).dead, 1U);
  EXPECT_EQ(process->store->get("orders"), std::nullopt);
}

}  // namespace
}  // namespace gauntlet::recovery
