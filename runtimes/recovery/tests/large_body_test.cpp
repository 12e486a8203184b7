// Requests whose bodies are kept in files of their own, beside a journal of each backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "runtimes/contract/registry.hpp"
#include "runtimes/files/scratch_folder.hpp"
#include "runtimes/recovery/inspect.hpp"
#include "runtimes/recovery/journal/payload_files.hpp"
#include "runtimes/recovery/server.hpp"
#include "runtimes/recovery/tests/backends_under_test.hpp"
#include "runtimes/task/spawn.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet::recovery {
namespace {

using http::Response;
using http::Status;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LargeBodyTest : public testing::TestWithParam<std::string_view> {
 protected:
  LargeBodyTest() {
    config_.journal_path = folder_.path() / "journal";
    config_.journal_backend = GetParam();
    config_.segment_bytes = 64 * 1024;
    config_.body_inline_bytes_max = 1000;
    config_.promise = Promise::completed;
    config_.backoff = std::chrono::milliseconds(0);
    runtime_ = std::move(*make_runtime(RuntimeConfig{}));
    router_.add(http::Method::post, "/orders", [this](http::Request& request) -> Task<Response> {
      executed_.emplace_back(request.body);
      while (hangs_) co_await sleep_for(std::chrono::milliseconds(1));
      co_return Response::text(Status::created, "done");
    });
  }

  JournalResult<std::shared_ptr<Recovery>> open() { return Recovery::open(config_); }

  Task<Response> order(std::shared_ptr<Recovery> recovery, std::string key, std::string body) {
    return send(std::move(recovery), "/orders", std::move(key), std::move(body));
  }
  Task<Response> send(std::shared_ptr<Recovery> recovery, std::string path, std::string key, std::string body) {
    http::Router journalled = router_;
    journalled.wrap(recovery->middleware());
    http::Request request;
    request.method = http::Method::post;
    request.target = request.path = path;
    request.headers.push_back({"Idempotency-Key", key});
    request.body = body;
    const Task<Response> answering = journalled.dispatch(request);
    co_return co_await answering;
  }
  /// The process ends while these run.
  void interrupt(const std::vector<std::string>& bodies) {
    hangs_ = true;
    std::shared_ptr<Recovery> recovery = open().value();
    for (const std::string& body : bodies)
      spawn(*runtime_, order(recovery, "key of " + body.substr(0, 8), body)).detach();
    while (executed_.size() < bodies.size()) runtime_->poll_once();
    runtime_ = nullptr;
    recovery = nullptr;
    hangs_ = false;
    executed_.clear();
    runtime_ = std::move(*make_runtime(RuntimeConfig{}));
  }
  ReplayReport replay(Recovery& recovery) {
    const RecoverHandler handler = [this](Context&, const Request& request) -> Task<void> {
      if (gives_up_) throw std::runtime_error("no stock");
      co_await retry_original_handler(request);
    };
    return block_on(*runtime_, recovery.replay(router_, handler)).value_or(ReplayReport{});
  }
  std::vector<std::string> files(std::string_view only = "") const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(config_.journal_path)) {
      const std::string name = entry.path().filename().string();
      if (name.ends_with(only)) names.push_back(name);
    }
    std::ranges::sort(names);
    return names;
  }
  std::vector<std::string> payload_files() const { return files(".payload"); }

  const std::string large_ = std::string(200'000, 'a');
  const ScratchFolder folder_;
  RecoveryConfig config_;
  std::unique_ptr<Runtime> runtime_;
  http::Router router_;
  std::vector<std::string> executed_;
  bool hangs_ = false;
  bool gives_up_ = false;
};

TEST_P(LargeBodyTest, IsExecutedAndItsFileGoes) {
  const auto recovery = open().value();
  EXPECT_EQ(block_on(*runtime_, order(recovery, "a", large_)).status, Status::created);
  EXPECT_THAT(executed_, ElementsAre(large_));
  EXPECT_EQ(block_on(*runtime_, order(recovery, "b", "small")).status, Status::created);
  EXPECT_THAT(payload_files(), IsEmpty());
  const Response again = block_on(*runtime_, order(recovery, "a", large_));
  EXPECT_EQ(again.body(), "done");
  EXPECT_EQ(executed_.size(), 2U) << "the repetition was answered from the journal";
  EXPECT_EQ(block_on(*runtime_, order(recovery, "a", large_ + "?")).status, Status::unprocessable_content);
}

TEST_P(LargeBodyTest, IsReplayedWithTheOthersInOrder) {
  interrupt({"small", large_, "other"});
  EXPECT_THAT(payload_files(), ElementsAre("000000000001.payload"));
  const auto recovery = open().value();
  EXPECT_EQ(replay(*recovery).completed, 3U);
  EXPECT_THAT(executed_, ElementsAre("small", large_, "other"));
  EXPECT_THAT(payload_files(), IsEmpty());
}

TEST_P(LargeBodyTest, IsKeptInTheDeadLetterAndAcrossStarts) {
  interrupt({large_});
  gives_up_ = true;
  EXPECT_EQ(replay(**open()).dead, 1U);
  EXPECT_EQ(replay(**open()).incomplete, 0U);
  gives_up_ = false;
  const auto picture = read_journal(config_.journal_path);
  ASSERT_TRUE(picture.has_value()) << picture.error().text;
  const auto dead = picture->ledger->dead_letters();
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(body_of(config_.journal_path, dead.front().request).value(), large_);
  ASSERT_TRUE(revive(config_.journal_path, dead.front().request.id).value());
  EXPECT_EQ(replay(**open()).completed, 1U);
  EXPECT_THAT(executed_, ElementsAre(large_));
}

TEST_P(LargeBodyTest, ThatIsDamagedOrGoneRefusesTheStartAndNothingIsChanged) {
  interrupt({large_});
  const auto file = config_.journal_path / payload_files().front();
  std::fstream(file, std::ios::in | std::ios::out).seekp(1000).put('b');
  const auto before = files(".segment");
  const auto refused = open();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, JournalError::Kind::corrupt);
  EXPECT_THAT(refused.error().text, HasSubstr("000000000001.payload"));
  EXPECT_THAT(refused.error().text, HasSubstr("gauntlet journal verify"));
  EXPECT_EQ(read_journal(config_.journal_path).error().text, refused.error().text) << "verify says the same";
  EXPECT_EQ(files(".segment"), before);
  std::filesystem::remove(file);
  EXPECT_THAT(open().error().text, HasSubstr("is missing"));
  EXPECT_EQ(files(".segment"), before);
}

TEST_P(LargeBodyTest, ThatNoRecordNamesIsRemovedAtTheStart) {
  interrupt({large_});
  std::ofstream(config_.journal_path / payload_name(9)) << "left by a crash";
  EXPECT_EQ(replay(**open()).completed, 1U);
  EXPECT_THAT(payload_files(), IsEmpty());
}

TEST_P(LargeBodyTest, IsRefusedBeyondTheLargestAndThenLeavesNothing) {
  config_.body_bytes_max = config_.body_inline_bytes_max;
  const auto recovery = open().value();
  EXPECT_EQ(block_on(*runtime_, order(recovery, "a", large_)).status, Status::content_too_large);
  EXPECT_THAT(executed_, IsEmpty());
  EXPECT_THAT(payload_files(), IsEmpty());
}

TEST_P(LargeBodyTest, OfAnAnswerIsSentAndNotKeptAndNothingRunsAgain) {
  config_.body_bytes_max = config_.body_inline_bytes_max;
  router_.add(http::Method::post, "/reports", [this](http::Request& request) -> Task<Response> {
    executed_.emplace_back(request.body);
    co_return Response::text(Status::ok, large_);
  });
  {
    const auto recovery = open().value();
    EXPECT_EQ(block_on(*runtime_, send(recovery, "/reports", "a", "small")).body(), large_);
  }
  const auto recovery = open().value();
  EXPECT_EQ(replay(*recovery).incomplete, 0U);
  const Response again = block_on(*runtime_, send(recovery, "/reports", "a", "small"));
  EXPECT_EQ(again.status, Status::conflict);
  EXPECT_THAT(std::string(again.body()), HasSubstr("its answer of 200000 bytes, with status 200, was not kept"));
  EXPECT_EQ(executed_.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Each, LargeBodyTest, testing::ValuesIn(fixtures::backends_under_test()),
                         [](const auto& each) { return std::string(each.param); });

}  // namespace
}  // namespace gauntlet::recovery
