// The table of features is true: what it says that a runtime has works, and what it says is missing is refused.
#include <fcntl.h>

#include <algorithm>
#include <system_error>

#include "runtimes/conformance/support.hpp"
#include "runtimes/task/blocking.hpp"
#include "runtimes/task/file.hpp"

namespace gauntlet::conformance {
namespace {

class Features : public RuntimeTest {};
GAUNTLET_FOR_EVERY_RUNTIME(Features);

/// All that may be missing at all.
struct Allowed {
  std::string_view runtime;
  Feature feature;
};
constexpr Allowed allowed[] = {
    {"fallback", Feature::many_tasks},
    {"fallback", Feature::blocking_calls},
    {"fallback", Feature::files},
    {"fallback", Feature::several_workers},
    {"fallback", Feature::stealing},
    {"single_loop", Feature::several_workers},
    {"single_loop", Feature::stealing},
    // Stealing is work_stealing's: a loop that owns its sockets keeps its tasks.
    {"multi_loop", Feature::stealing},
    {"io_uring", Feature::stealing},
    {"libuv", Feature::stealing},
    {"asio", Feature::stealing},
    {"asio_uring", Feature::stealing},
    {"asio", Feature::park_hooks},
    {"asio_uring", Feature::park_hooks},
    // Otherwise the single_loop that it is held against.
    {"busy_wait", Feature::several_workers},
    {"busy_wait", Feature::stealing},
    {"busy_wait", Feature::idle_blocking},
    {"busy_wait", Feature::park_hooks},
};

TEST(FeatureTable, NothingIsMissingThatMayNotBe) {
  for (const RuntimeEntry& entry : all_runtimes()) {
    for (const NotSupported& missing : entry.not_supported) {
      const bool may_be = std::ranges::any_of(
          allowed, [&](const Allowed& one) { return one.runtime == entry.name && one.feature == missing.feature; });
      EXPECT_TRUE(may_be) << entry.name << ": " << missing.reason;
    }
  }
}

TEST_P(Features, SeveralWorkersAndStealingAreThereAsTheTableSays) {
  RuntimeConfig config;
  config.backend = GetParam()->name;
  config.worker_threads = 2;
  const auto two = GetParam()->make(config);
  if (!two) GTEST_SKIP() << two.error().reason;
  EXPECT_EQ((*two)->workers() == 2, offers(Feature::several_workers));
  EXPECT_EQ((*two)->traits().tasks_migrate, offers(Feature::stealing));
}

Task<int> call_blocking() {
  const auto seven = [] { return 7; };
  co_return co_await run_blocking(seven);
}

TEST_P(Features, BlockingCallsAreMadeOrNotSupported) {
  std::error_code refusal;
  int answer = 0;
  try {
    answer = complete(call_blocking());
  } catch (const std::system_error& error) {
    refusal = error.code();
  }
  const bool there = offers(Feature::blocking_calls);
  EXPECT_EQ(answer, there ? 7 : 0);
  EXPECT_EQ(refusal, there ? std::error_code() : make_error_code(Errc::not_supported));
  EXPECT_EQ(refusal == std::errc::not_supported, !there);
}

Task<std::error_code> open_zeros() {
  Result<File> zeros = co_await open_file("/dev/zero", O_RDONLY);
  if (!zeros) co_return zeros.error();
  must(co_await zeros->close());
  co_return std::error_code();
}

TEST_P(Features, FilesAreOpenedOrNotSupported) {
  const std::error_code refusal = complete(open_zeros());
  EXPECT_EQ(refusal == std::errc::not_supported, !offers(Feature::files)) << refusal.message();
}

Task<int> refused_of(int count) {
  std::vector<JoinHandle<void>> all;
  int refused = 0;
  for (int i = 0; i < count; ++i) {
    all.push_back(spawn(some_yields(1'000'000)));
    if (all.back().finished()) ++refused;
  }
  for (JoinHandle<void>& one : all) one.cancel();
  for (JoinHandle<void>& one : all) (void)co_await one;
  co_return refused;
}

TEST_P(Features, TheThirtyThirdTaskIsRefusedWhereTheTableSays) {
  EXPECT_EQ(complete(refused_of(32)), offers(Feature::many_tasks) ? 0 : 1) << "beside this one";
  EXPECT_EQ(complete(refused_of(31)), 0) << "those have ended";
}

TEST_P(Features, MoreTasksThanTheRuntimeHasAreAnsweredWithANote) {
  RuntimeConfig config;
  config.max_tasks = 100;
  remake(config);
  Setting last;
  for (const Setting& one : runtime().effective_config()) {
    if (one.name == "max_tasks") last = one;
  }
  EXPECT_EQ(last.value == "100", offers(Feature::many_tasks));
  EXPECT_EQ(last.note.empty(), offers(Feature::many_tasks)) << last.note;
}

Task<void> nap() { co_await sleep_for(milliseconds(20)); }

TEST_P(Features, IdleBlockingAndParksAreThereAsTheTableSays) {
  complete(nap());
  const RuntimeMetrics metrics = runtime().metrics();
  EXPECT_EQ(metrics.parks > 0, offers(Feature::park_hooks));
  // Asio counts no turns of its own to speak of, and no runtime that blocks comes near this.
  EXPECT_EQ(metrics.turns > 1'000, !offers(Feature::idle_blocking)) << metrics.turns;
}

}  // namespace
}  // namespace gauntlet::conformance
