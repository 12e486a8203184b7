// A server in a process of its own that crashes, or fails, at each failpoint; and what its journal says then.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "runtimes/contract/registry.hpp"
#include "runtimes/contract/tests/contenders.hpp"
#include "runtimes/failpoint/failpoint.hpp"
#include "runtimes/files/scratch_folder.hpp"
#include "runtimes/http/tests/client.hpp"
#include "runtimes/recovery/inspect.hpp"
#include "runtimes/recovery/journal/segment_journal.hpp"
#include "runtimes/recovery/server.hpp"
#include "runtimes/recovery/storage/posix_storage.hpp"
#include "runtimes/task/spawn.hpp"

namespace gauntlet::recovery {
namespace {

constexpr int refused_to_start = 3;
constexpr std::uint64_t segment_bytes = 16 * 1024;
constexpr int orders_with_key = 20;
constexpr std::size_t body_inline_bytes_max = 4000;

StoredRequest order_before(const std::string& key, std::uint32_t attempts) {
  StoredRequest request;
  request.attempts = attempts;
  request.key = key;
  request.target = "/orders";
  return request;
}

/// What a crash before left: a request to replay, and one whose attempts are used up.
void leave_unfinished(const std::filesystem::path& folder) {
  auto storage = PosixStorage::open_folder(folder, Folder::may_be_made);
  SegmentOptions options;
  options.segment_bytes = segment_bytes;
  auto journal = SegmentJournal::open(std::move(*storage), options, [](const Record&) {});
  const std::array payloads{encode(order_before("first", 0)), encode(order_before("hopeless", 3))};
  std::vector<Record> records;
  for (const std::string& payload : payloads) {
    records.push_back({.type = static_cast<std::uint8_t>(RecordType::accepted), .payload = payload});
  }
  ASSERT_TRUE((*journal)->append(records).has_value());
}

/// The process that is to crash. Orders come from a thread of it: what they were answered is written down at once.
class Doomed {
 public:
  Doomed(const std::filesystem::path& folder, std::string backend) : folder_(folder), backend_(std::move(backend)) {}

  /// The exit code, if it lives to see the end.
  int run() {
    RuntimeConfig wanted;
    wanted.backend = backend_;
    auto runtime = make_runtime(wanted);
    int code = 0;
    spawn(**runtime, serve(**runtime, code)).detach();
    (*runtime)->run();
    if (client_.joinable()) client_.join();
    return code;
  }

 private:
  Task<void> serve(Runtime& runtime, int& code) {
    http::Router router;
    router.add(http::Method::post, "/orders", [](http::Request& request) -> Task<http::Response> {
      co_return http::Response::text(http::Status::created,
                                     std::string(request.header("Idempotency-Key").value_or("")));
    });
    Server server(std::move(router));
    server.enable_request_recovery({.journal_path = folder_ / "journal",
                                    .promise = Promise::completed,
                                    .backoff = std::chrono::milliseconds(1),
                                    .body_inline_bytes_max = body_inline_bytes_max,
                                    .segment_bytes = segment_bytes});
    const Task<JournalResult<ReplayReport>> recovering = server.recover();
    const auto replayed = co_await recovering;
    const Result<std::uint16_t> port = replayed ? server.listen(Endpoint::loopback(0)) : 0;
    if (!replayed || !port) {
      code = refused_to_start;
      runtime.stop();
      co_return;
    }
    client_ = std::thread([this, &runtime, at = *port] {
      order_all(at);
      runtime.stop();
    });
    const Task<Result<void>> serving = server.serve();
    co_await serving;
  }

  /// Large ones without a key between, so that segments fill up and can be let go, and larger ones in files of their
  /// own.
  void order_all(std::uint16_t port) const {
    std::ofstream answered(folder_ / "answered");
    const std::string large(3000, 'x');
    for (int i = 0; i < orders_with_key; ++i) {
      const std::string key = "order-" + std::to_string(i);
      const std::string answer = ask(port, "Idempotency-Key: " + key + "\r\n",
                                     i % 2 == 0 ? "small" : std::string(body_inline_bytes_max + 1, 'y'));
      if (http::fixtures::status_of(answer) == 201) answered << key << std::endl;
      for (int j = 0; j < 3; ++j) ask(port, {}, large);
    }
  }
  static std::string ask(std::uint16_t port, const std::string& headers, const std::string& body) {
    return http::fixtures::ask_once(port, "POST /orders HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + headers +
                                              "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }

  const std::filesystem::path folder_;
  const std::string backend_;
  std::thread client_;
};

std::string contents(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

class FailpointCrashTest : public testing::TestWithParam<std::size_t> {
 protected:
  const FailpointInfo& info() const { return all_failpoints()[GetParam()]; }
  /// Each failpoint on another runtime than the one before.
  std::string backend() const {
    std::vector<std::string> here;
    for (const std::string& name : fixtures::contenders()) {
      RuntimeConfig wanted;
      wanted.backend = name;
      if (make_runtime(wanted)) here.push_back(name);
    }
    return here[GetParam() % here.size()];
  }

  /// How a process with this plan ends.
  int end_of(const FailpointPlan& plan) {
    leave_unfinished(folder_.path() / "journal");
    const std::string on = backend();
    const pid_t child = ::fork();
    if (child == 0) {
      const rlimit no_core{};
      ::setrlimit(RLIMIT_CORE, &no_core);
      const bool armed = arm_failpoints({&plan, 1}, folder_.path() / "record");
      ::_exit(armed ? Doomed(folder_.path(), on).run() : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
  }

  /// Nothing that was answered is unknown, and nothing is open or dead that ought not to be.
  void expect_sound_journal() {
    const auto picture = read_journal(folder_.path() / "journal");
    ASSERT_TRUE(picture.has_value()) << picture.error().text;
    std::ifstream answered(folder_.path() / "answered");
    for (std::string key; std::getline(answered, key);) {
      const auto state = picture->ledger->key(key);
      EXPECT_TRUE(state.outcome.has_value()) << key << " was answered";
    }
    for (const DeadLetter& dead : picture->ledger->dead_letters()) EXPECT_EQ(dead.request.key, "hopeless");
    const auto first = picture->ledger->key("first");
    EXPECT_TRUE(first.open || first.outcome) << "what was accepted before is gone";
  }

  const ScratchFolder folder_;
};

TEST_P(FailpointCrashTest, ACrashThereLosesNothingThatWasAnswered) {
  constexpr std::array signals{SIGKILL, SIGSEGV, SIGABRT};
  const FailpointPlan plan{.at = info().id, .number = signals[GetParam() % signals.size()]};
  const int status = end_of(plan);
  ASSERT_TRUE(WIFSIGNALED(status)) << info().name << " was never reached; exit code " << WEXITSTATUS(status);
  EXPECT_EQ(WTERMSIG(status), plan.number);
  EXPECT_THAT(contents(folder_.path() / "record"), testing::StartsWith(std::string(info().name) + " 1 "));
  expect_sound_journal();
}

using FailpointErrorTest = FailpointCrashTest;

TEST_P(FailpointErrorTest, LosesNothingThatWasAnswered) {
  for (const bool from_then_on : {false, true}) {
    const FailpointPlan plan{
        .at = info().id, .action = FailpointPlan::Action::error, .number = EIO, .from_then_on = from_then_on};
    const int status = end_of(plan);
    ASSERT_TRUE(WIFEXITED(status)) << info().name << ": killed by signal " << WTERMSIG(status);
    EXPECT_THAT(WEXITSTATUS(status), testing::AnyOf(0, refused_to_start));
    EXPECT_THAT(contents(folder_.path() / "record"), testing::StartsWith(std::string(info().name) + " 1 "));
    expect_sound_journal();
    std::filesystem::remove_all(folder_.path() / "journal");
    std::filesystem::remove(folder_.path() / "answered");
    std::filesystem::remove(folder_.path() / "record");
  }
}

std::vector<std::size_t> failpoints(bool only_those_that_can_fail) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < all_failpoints().size(); ++i) {
    if (all_failpoints()[i].can_fail || !only_those_that_can_fail) indices.push_back(i);
  }
  return indices;
}

std::string name_of(const testing::TestParamInfo<std::size_t>& each) {
  return std::string(all_failpoints()[each.param].name);
}

INSTANTIATE_TEST_SUITE_P(At, FailpointCrashTest, testing::ValuesIn(failpoints(false)), name_of);
INSTANTIATE_TEST_SUITE_P(At, FailpointErrorTest, testing::ValuesIn(failpoints(true)), name_of);

}  // namespace
}  // namespace gauntlet::recovery
