// Blocking calls on threads of their own: results, homes, parallelism, cancellation, the end of the runtime.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "runtimes/conformance/support.hpp"
#include "runtimes/task/blocking.hpp"

namespace gauntlet::conformance {
namespace {

/// Where calls wait until they are let go.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    ++inside_;
    most_inside_ = std::max(most_inside_, inside_);
    changed_.notify_all();
    changed_.wait(lock, [this] { return is_open_; });
    --inside_;
    ++passed_;
  }
  void await_inside(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this, count] { return inside_ >= count; });
  }
  int most_inside() {
    const std::lock_guard lock(mutex_);
    return most_inside_;
  }
  int passed() {
    const std::lock_guard lock(mutex_);
    return passed_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = false;
  int inside_ = 0;
  int most_inside_ = 0;
  int passed_ = 0;
};

class Blocking : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    GAUNTLET_NEEDS(Feature::blocking_calls);
  }
  void with_threads(std::uint32_t threads) {
    RuntimeConfig config;
    config.blocking_threads = threads;
    remake(config);
  }
};
GAUNTLET_FOR_EVERY_RUNTIME(Blocking);

struct MoveOnly {
  std::unique_ptr<int> value;
};

Task<void> values_come_back() {
  const std::thread::id here = std::this_thread::get_id();
  const auto where = [] { return std::this_thread::get_id(); };
  EXPECT_NE(co_await run_blocking(where), here);
  const auto outside = [] { return this_worker() == nullptr; };
  EXPECT_TRUE(co_await run_blocking(outside));
  auto own = [held = std::make_unique<int>(7)] { return MoveOnly{std::make_unique<int>(*held)}; };
  EXPECT_EQ(*(co_await run_blocking(std::move(own))).value, 7);
  int touched = 0;
  const auto touch = [&touched] { ++touched; };
  co_await run_blocking(touch);
  EXPECT_EQ(touched, 1);
}

TEST_P(Blocking, CallsRunOffTheWorkersAndTheirValuesComeBack) {
  complete(values_come_back());
  EXPECT_EQ(runtime().metrics().blocking_calls, 4u);
}

int failing_call() { throw std::runtime_error("the disk is gone"); }

Task<int> catch_it() {
  try {
    co_return co_await run_blocking(failing_call);
  } catch (const std::runtime_error& error) {
    co_return std::string_view(error.what()) == "the disk is gone" ? 1 : 0;
  }
}

Task<int> let_it_go() { co_return co_await run_blocking(failing_call); }
Task<std::string> failure_of_task() {
  JoinHandle<int> failing = spawn(let_it_go());
  co_return (co_await failing).error().what();
}

TEST_P(Blocking, AnExceptionIsThrownAtTheAwait) {
  EXPECT_EQ(complete(catch_it()), 1);
  EXPECT_EQ(complete(failure_of_task()), "the disk is gone");
}

Task<int> strayed_calls(std::uint16_t home, int calls) {
  int strayed = 0;
  for (int i = 0; i < calls; ++i) {
    const auto echo_number = [i] { return i; };
    if (co_await run_blocking(echo_number) != i || this_worker()->index != home) ++strayed;
  }
  co_return strayed;
}

Task<int> strayed_of_many(int tasks, int calls) {
  const std::uint16_t workers = this_worker()->runtime->workers();
  std::vector<JoinHandle<int>> handles;
  for (int i = 0; i < tasks; ++i) {
    const auto home = static_cast<std::uint16_t>(i % workers);
    handles.push_back(spawn_on(home, strayed_calls(home, calls)));
  }
  int sum = 0;
  for (JoinHandle<int>& handle : handles) sum += (co_await handle).value();
  co_return sum;
}

TEST_P(Blocking, EveryTaskOfManyGoesOnWhereItIsAtHome) {
  with_threads(4);
  EXPECT_EQ(complete(strayed_of_many(100, sanitized ? 10 : 50)), 0);
}

Task<void> pass(Gate& gate) {
  const auto go = [&gate] { gate.pass(); };
  co_await run_blocking(go);
}

Task<void> pass_with_many(Gate& gate, int tasks, int at_once) {
  std::vector<JoinHandle<void>> handles;
  for (int i = 0; i < tasks; ++i) handles.push_back(spawn(pass(gate)));
  const auto open_when_full = [&gate, at_once] {
    gate.await_inside(at_once);
    gate.open();
  };
  std::thread opener(open_when_full);
  for (JoinHandle<void>& handle : handles) (co_await handle).value();
  opener.join();
}

TEST_P(Blocking, AsManyCallsAsTheBoundRunAtOnceAndNoMore) {
  for (const std::uint32_t threads : {1u, 3u}) {
    with_threads(threads);
    Gate gate;
    complete(pass_with_many(gate, 8, static_cast<int>(threads)));
    EXPECT_EQ(gate.most_inside(), static_cast<int>(threads));
    EXPECT_EQ(gate.passed(), 8);
    EXPECT_EQ(runtime().blocking_pool().threads(), threads);
  }
}

Task<void> call_in_turn(int calls) {
  for (int i = 0; i < calls; ++i) {
    const auto nothing = [] {};
    co_await run_blocking(nothing);
    // The thread that made the call has time to fall idle.
    co_await sleep_for(milliseconds(2));
  }
}

TEST_P(Blocking, ThreadsStartOnlyWhenTheyAreNeededAndEndWithTheRuntime) {
  const std::size_t before = live_threads();
  EXPECT_EQ(runtime().blocking_pool().threads(), 0u);
  Gate gate;
  complete(pass_with_many(gate, 3, 3));
  EXPECT_EQ(runtime().blocking_pool().threads(), 3u);
  complete(call_in_turn(20));
  // One more is right where the others have not fallen idle yet; passing over idle ones would make it the bound, 16.
  const std::size_t threads = runtime().blocking_pool().threads();
  EXPECT_LT(threads, 8u) << "idle threads were passed over";
  EXPECT_EQ(live_threads(before + threads), before + threads);
  destroy_runtime();
  EXPECT_EQ(live_threads(before), before);
}

Task<void> cancel_queued_and_running(Gate& gate, int& ended) {
  const auto guarded = [](Gate& entered, int& count) -> Task<void> {
    const Guard guard(count);
    co_await pass(entered);
  };
  JoinHandle<void> running = spawn_here(guarded(gate, ended));
  while (running.state() != TaskState::waiting) co_await yield();
  gate.await_inside(1);
  JoinHandle<void> queued = spawn_here(guarded(gate, ended));
  while (queued.state() != TaskState::waiting) co_await yield();
  running.cancel();
  queued.cancel();
  EXPECT_TRUE((co_await queued).error().cancelled());
  EXPECT_EQ(ended, 1);
  co_await sleep_for(milliseconds(2));
  EXPECT_FALSE(running.finished()) << "its call works in its frame";
  gate.open();
  EXPECT_TRUE((co_await running).error().cancelled());
  EXPECT_EQ(ended, 2);
}

TEST_P(Blocking, CancellingRemovesAQueuedCallAndDropsTheResultOfARunningOne) {
  with_threads(1);
  Gate gate;
  int ended = 0;
  complete(cancel_queued_and_running(gate, ended));
  EXPECT_EQ(gate.passed(), 1);
}

Task<int> call_for(int microseconds_to_take) {
  const auto take_time = [microseconds_to_take] {
    if (microseconds_to_take > 0) std::this_thread::sleep_for(microseconds(microseconds_to_take));
    return microseconds_to_take;
  };
  co_return co_await run_blocking(take_time);
}

Task<void> race_cancel(int seeds) {
  const std::uint16_t workers = this_worker()->runtime->workers();
  for (int seed = 0; seed < seeds; ++seed) {
    JoinHandle<int> one = seed % 2 == 0 ? spawn_on(static_cast<std::uint16_t>(seed % workers), call_for(seed % 40))
                                        : spawn(call_for(seed % 40));
    if (seed % 3 != 0) co_await sleep_for(microseconds(seed % 100));
    one.cancel();
    const TaskResult<int> ended = co_await one;
    EXPECT_TRUE(ended.has_value() ? *ended == seed % 40 : ended.error().cancelled());
  }
}

TEST_P(Blocking, CancellingRacesWithTheEndOfACallAndOneOfThemWins) {
  with_threads(2);
  std::vector<JoinHandle<void>> racers;
  for (std::uint16_t worker = 0; worker < runtime().workers(); ++worker) {
    racers.push_back(spawn_on(runtime(), worker, race_cancel(sanitized ? 60 : 200)));
  }
  for (JoinHandle<void>& racer : racers) {
    const auto join = [](JoinHandle<void>& joined) -> Task<void> { (co_await joined).value(); };
    complete(join(racer));
  }
}

Task<void> storm(std::atomic<int>& sum, int calls) {
  for (int i = 0; i < calls; ++i) {
    const auto one = [] { return 1; };
    sum.fetch_add(co_await run_blocking(one));
  }
}

TEST_P(Blocking, AStormFromManyThreadsLosesNoCall) {
  constexpr int threads = 4;
  constexpr int tasks = sanitized ? 10 : 25;
  with_threads(3);
  std::atomic<int> sum{0};
  std::vector<JoinHandle<void>> handles(static_cast<std::size_t>(threads * tasks));
  std::vector<std::thread> spawners;
  for (std::size_t i = 0; i < threads; ++i) {
    spawners.emplace_back([this, i, &handles, &sum] {
      for (std::size_t k = 0; k < tasks; ++k) handles[i * tasks + k] = spawn(runtime(), storm(sum, 20));
    });
  }
  for (std::thread& spawner : spawners) spawner.join();
  for (JoinHandle<void>& handle : handles) {
    const auto join = [](JoinHandle<void>& joined) -> Task<void> { (co_await joined).value(); };
    complete(join(handle));
  }
  EXPECT_EQ(sum.load(), threads * tasks * 20);
  EXPECT_LE(runtime().blocking_pool().threads(), 3u);
}

/// Frames that began and frames that were destroyed, on whichever thread.
struct Lives {
  std::atomic<int> begun{0};
  std::atomic<int> ended{0};
};

Task<void> keep_calling(Lives& lives, Gate& gate) {
  struct Life {
    explicit Life(Lives& counts) noexcept : lives(&counts) { lives->begun.fetch_add(1); }
    ~Life() { lives->ended.fetch_add(1); }
    Lives* lives;
  } const life(lives);
  co_await pass(gate);
  while (true) co_await call_for(0);
}

TEST_P(Blocking, TheEndOfTheRuntimeWaitsForRunningCallsAndMakesNoQueuedOne) {
  with_threads(2);
  constexpr int tasks = 12;
  const std::size_t before = live_threads();
  Gate gate;
  Lives lives;
  for (int i = 0; i < tasks; ++i) spawn(runtime(), keep_calling(lives, gate)).detach();
  while (runtime().poll_once().ran_anything) {
  }
  gate.await_inside(2);
  std::thread opener([&gate] {
    std::this_thread::sleep_for(milliseconds(5));
    gate.open();
  });
  destroy_runtime();
  opener.join();
  EXPECT_EQ(lives.begun.load(), tasks);
  EXPECT_EQ(lives.ended.load(), tasks);
  EXPECT_EQ(gate.passed(), 2);
  EXPECT_EQ(live_threads(before), before);
}

TEST_P(Blocking, ARuntimeMayEndAtAnyMomentOfItsCalls) {
  for (int round = 0; round < (sanitized ? 5 : 20); ++round) {
    with_threads(2);
    Gate gate;
    gate.open();
    Lives lives;
    for (int i = 0; i < 6; ++i) spawn(runtime(), keep_calling(lives, gate)).detach();
    std::thread stopper([this, round] {
      std::this_thread::sleep_for(microseconds(100 * round));
      runtime().stop();
    });
    runtime().run();
    stopper.join();
    destroy_runtime();
    EXPECT_EQ(lives.ended.load(), lives.begun.load());
  }
}

}  // namespace
}  // namespace gauntlet::conformance
