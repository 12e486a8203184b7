// What the tests of every runtime share: the fixture, sockets in pairs, a bare peer, and a probe for single operations.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtimes/contract/registry.hpp"
#include "runtimes/task/io.hpp"
#include "runtimes/task/spawn.hpp"
#include "runtimes/task/tests/connected_pair.hpp"
#include "runtimes/task/time.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define GAUNTLET_TEST_ASAN 1
#elif defined(__SANITIZE_THREAD__)
#define GAUNTLET_TEST_TSAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GAUNTLET_TEST_ASAN 1
#elif __has_feature(thread_sanitizer)
#define GAUNTLET_TEST_TSAN 1
#endif
#endif

namespace gauntlet::conformance {

#if defined(GAUNTLET_TEST_ASAN) || defined(GAUNTLET_TEST_TSAN)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

using std::chrono::microseconds;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// One runtime of the registry with a number of worker threads.
struct Subject {
  const RuntimeEntry* entry;
  std::uint16_t workers;
  bool tasks_migrate;
  const RuntimeEntry* operator->() const noexcept { return entry; }
};
/// How a failed test names its subject.
void PrintTo(const Subject& subject, std::ostream* out);

/// One subject, made anew for each test; a test of one that cannot be had is skipped with its reason.
/// A test that hangs ends the program and names itself.
class RuntimeTest : public testing::TestWithParam<Subject> {
 protected:
  void SetUp() override;
  void TearDown() override;

  Runtime& runtime() { return *runtime_; }
  /// Another one in its place. `config.backend` is filled in, and the subject's worker threads if none are asked for.
  /// By the usual dispatch a test may use on the spot what it accepts itself.
  void remake(RuntimeConfig config, const char* dispatch = "affinity");
  void destroy_runtime() { runtime_.reset(); }

  bool offers(Feature feature) const { return what_is_missing(*GetParam().entry, feature) == nullptr; }
  /// `wanted`, or as many as the subject allows beside a few others.
  int tasks(int wanted) const {
    constexpr int others = 4;
    const auto most = static_cast<int>(GetParam()->most_tasks);
    return most == 0 ? wanted : std::min(wanted, most - others);
  }

  template <typename T>
  T complete(Task<T> task) {
    return block_on(*runtime_, std::move(task));
  }

 private:
  std::unique_ptr<Runtime> runtime_;
};

/// Ends the test as skipped where the subject does not have the feature, with the registry's reason.
#define GAUNTLET_NEEDS(feature)                                                      \
  if (const NotSupported* missing = what_is_missing(*GetParam().entry, feature)) {   \
    GTEST_SKIP() << GetParam()->name << " has no " #feature ": " << missing->reason; \
  }                                                                                  \
  static_assert(true)

/// Every runtime with one worker, and with 2 and 4 where it can have them; where tasks can migrate, without and with.
std::vector<Subject> runtimes_under_test();
std::string runtime_name(const testing::TestParamInfo<Subject>& info);

#define GAUNTLET_FOR_EVERY_RUNTIME(Suite) \
  INSTANTIATE_TEST_SUITE_P(Runtimes, Suite, testing::ValuesIn(runtimes_under_test()), runtime_name)

using fixtures::must;

/// The errno of a failed operation; 0 of one that did not fail.
template <typename T>
int errno_of(const Result<T>& result) {
  return result.has_value() ? 0 : result.error().value();
}

/// Counts its destruction.
class Guard {
 public:
  explicit Guard(int& destroyed) noexcept : destroyed_(&destroyed) {}
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  ~Guard() { ++*destroyed_; }

 private:
  int* destroyed_;
};

struct Pair {
  Socket near;
  Socket far;
};
Task<Pair> connected_pair();

/// Spawns on the calling worker, also where tasks migrate: for tasks that share plain data with their spawner, or whose
/// order counts.
template <typename T>
JoinHandle<T> spawn_here(Task<T> task) {
  return spawn_on(this_worker()->index, std::move(task));
}

/// Lets `count` turns of the ready queue pass.
Task<void> some_yields(int count);
/// Waits until `counter` is at least `value`.
Task<void> at_least(const int& counter, int value);
Task<void> send_text(Socket& socket, std::string text);
/// Exactly `bytes` bytes, or fewer if the stream ends before.
Task<std::string> read_bytes(Socket& socket, std::size_t bytes);
Task<std::string> read_to_end(Socket& socket);
/// Sends back what comes until the stream ends, then ends its own direction.
Task<void> echo(Socket& socket);

/// Text of which every part is different from its neighbours, so that lost or swapped bytes show.
std::string pattern(std::size_t bytes);

/// A peer without a runtime: one blocking descriptor.
class RawSocket {
 public:
  explicit RawSocket(int descriptor) noexcept : descriptor_(descriptor) {}
  static RawSocket unconnected();
  static RawSocket connected_to(const Endpoint& endpoint);
  /// Starts to connect and does not wait.
  static RawSocket connecting_to(const Endpoint& endpoint);
  /// Bound to a port of 127.0.0.1; listens when `backlog` is not negative.
  static RawSocket bound(int backlog);
  RawSocket(RawSocket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  RawSocket& operator=(RawSocket&&) = delete;
  ~RawSocket();

  void connect_to(const Endpoint& endpoint) const;
  Endpoint local_endpoint() const;
  bool is_writable() const;
  void send(std::string_view text) const;
  /// Closes so that the peer gets a reset.
  void reset();

 private:
  int descriptor_;
};

/// Descriptors that this process has open.
std::size_t open_descriptors();
/// Threads that this process has. One that was joined may be listed a moment longer: waits until there are at most
/// `expected`, or long enough to know that there are more.
std::size_t live_threads(std::size_t expected = 0);

/// One operation submitted by hand, and what became of it. Its completion must come after submit() and cancel() of any
/// probe have returned.
template <typename OpType>
class Probe {
 public:
  template <typename... Arguments>
  explicit Probe(Runtime& runtime, Arguments&&... arguments)
      : op(std::forward<Arguments>(arguments)..., &Probe::completed), runtime_(&runtime) {
    op.owner = this;
  }

  Submitted submit() {
    op.worker = this_worker()->index;
    ++inside_a_call;
    answer_ = runtime_->submit(op);
    --inside_a_call;
    op.in_flight = answer_ == Submitted::pending;
    return answer_;
  }
  void cancel() {
    ++inside_a_call;
    runtime_->cancel(op);
    --inside_a_call;
  }
  bool ended() const { return answer_ == Submitted::done || completions > 0; }
  /// Completed by exactly one of the two ways.
  bool ended_once() const { return completions == (answer_ == Submitted::done ? 0 : 1); }

  OpType op;
  int completions = 0;

 private:
  static void completed(Job& job) noexcept {
    Op& op = static_cast<Op&>(job);
    auto& self = *static_cast<Probe*>(op.owner);
    EXPECT_EQ(inside_a_call, 0) << "completed inside submit or cancel";
    op.in_flight = false;
    ++self.completions;
  }

  inline static int inside_a_call = 0;
  Runtime* runtime_;
  Submitted answer_ = Submitted::pending;
};

/// Waits for the probe to end, then long enough that a second completion would be seen.
template <typename OpType>
Task<void> ended(Probe<OpType>& probe) {
  while (!probe.ended()) co_await sleep_for(microseconds(50));
  co_await some_yields(20);
  EXPECT_TRUE(probe.ended_once()) << "completed " << probe.completions << " times";
}

}  // namespace gauntlet::conformance
