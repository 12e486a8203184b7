// The ready queue: its order, and wake-ups from other threads.
#include <algorithm>
#include <atomic>
#include <thread>

#include "runtimes/conformance/support.hpp"

namespace gauntlet::conformance {
namespace {

class Scheduling : public RuntimeTest {};
GAUNTLET_FOR_EVERY_RUNTIME(Scheduling);

Task<void> note(std::vector<int>& order, int number) {
  order.push_back(number);
  co_return;
}

Task<void> spawn_in_order(std::vector<int>& order, int count) {
  for (int i = 0; i < count; ++i) spawn_here(note(order, i)).detach();
  EXPECT_TRUE(order.empty()) << "a task ran inside spawn";
  while (static_cast<int>(order.size()) < count) co_await yield();
}

TEST_P(Scheduling, RunsJobsInTheOrderInWhichOneThreadQueuedThem) {
  std::vector<int> order;
  const int count = tasks(1000);
  complete(spawn_in_order(order, count));
  EXPECT_TRUE(std::ranges::is_sorted(order));
  EXPECT_EQ(order.size(), static_cast<std::size_t>(count));
}

Task<void> note_twice(std::vector<int>& order, int number) {
  order.push_back(number);
  co_await yield();
  order.push_back(number + 10);
}

Task<void> yield_in_turn(std::vector<int>& order) {
  for (int i = 0; i < 3; ++i) spawn_here(note_twice(order, i)).detach();
  while (order.size() < 6) co_await yield();
}

TEST_P(Scheduling, YieldGoesToTheEndOfTheQueue) {
  std::vector<int> order;
  complete(yield_in_turn(order));
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 10, 11, 12}));
}

Task<void> yield_until(const bool& stop) {
  while (!stop) co_await yield();
}

Task<void> sleep_beside_a_yielder(bool& stop) {
  JoinHandle<void> yielder = spawn_here(yield_until(stop));
  Pair pair = co_await connected_pair();
  co_await sleep_for(milliseconds(1));
  must(co_await pair.near.send("x"));
  EXPECT_EQ(co_await read_bytes(pair.far, 1), "x");
  stop = true;
  (void)co_await yielder;
}

TEST_P(Scheduling, TimersAndSocketsAreServedBesideATaskThatAlwaysYields) {
  bool stop = false;
  complete(sleep_beside_a_yielder(stop));
}

Task<void> sleep_until_true(const std::atomic<bool>& flag) {
  while (!flag.load()) co_await sleep_for(milliseconds(1));
}

TEST_P(Scheduling, LosesNothingThatManyThreadsPost) {
  constexpr int threads = 8;
  constexpr int each = sanitized ? 2'000 : 10'000;
  std::vector<std::vector<int>> received(threads);
  std::atomic<int> total{0};
  std::vector<std::thread> posters;
  for (int thread = 0; thread < threads; ++thread) {
    posters.emplace_back([this, thread, &received, &total] {
      for (int i = 0; i < each; ++i) {
        const auto worker = static_cast<std::uint16_t>(thread % runtime().workers());
        post_on(runtime(), worker, [thread, i, &received, &total] {
          received[static_cast<std::size_t>(thread)].push_back(i);
          if (total.fetch_add(1) + 1 == threads * each) this_worker()->runtime->stop();
        });
      }
    });
  }
  while (total.load() < threads * each) runtime().run();
  for (std::thread& poster : posters) poster.join();
  for (const std::vector<int>& numbers : received) {
    EXPECT_EQ(numbers.size(), static_cast<std::size_t>(each));
    EXPECT_TRUE(std::ranges::is_sorted(numbers)) << "one thread's posts changed their order";
  }
}

TEST_P(Scheduling, WakesABlockedWorkerForEveryPost) {
  constexpr int rounds = sanitized ? 1'000 : 5'000;
  std::atomic<int> done{0};
  std::thread poster([this, &done] {
    // Each post finds the worker blocked, or about to block: the moment at which a wake-up is lost.
    for (int i = 0; i < rounds; ++i) {
      post(runtime(), [&done] { done.fetch_add(1); });
      while (done.load() <= i) std::this_thread::yield();
    }
    runtime().stop();
  });
  runtime().run();
  poster.join();
  EXPECT_EQ(done.load(), rounds);
  const std::uint64_t stops = runtime().workers();
  EXPECT_LE(runtime().metrics().remote_wakeups, rounds + stops);
}

Task<void> count_one(std::atomic<int>& count) {
  count.fetch_add(1);
  co_return;
}

TEST_P(Scheduling, StartsTasksThatForeignThreadsSpawn) {
  GAUNTLET_NEEDS(Feature::many_tasks);
  constexpr int threads = 4;
  constexpr int each = 500;
  std::atomic<int> count{0};
  std::atomic<bool> all{false};
  std::vector<std::thread> spawners;
  for (int thread = 0; thread < threads; ++thread) {
    spawners.emplace_back([this, &count] {
      for (int i = 0; i < each; ++i) spawn(runtime(), count_one(count)).detach();
    });
  }
  std::thread watcher([&] {
    while (count.load() < threads * each) std::this_thread::yield();
    all = true;
  });
  complete(sleep_until_true(all));
  for (std::thread& spawner : spawners) spawner.join();
  watcher.join();
  EXPECT_EQ(count.load(), threads * each);
}

Task<int> echo_of(int value) { co_return value; }

Task<long> spawn_and_join(int count) {
  std::vector<JoinHandle<int>> handles;
  handles.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) handles.push_back(spawn(echo_of(i)));
  long sum = 0;
  for (JoinHandle<int>& handle : handles) sum += (co_await handle).value();
  co_return sum;
}

TEST_P(Scheduling, JoinsAHundredThousandTasks) {
  GAUNTLET_NEEDS(Feature::many_tasks);
  constexpr int count = sanitized ? 10'000 : 100'000;
  EXPECT_EQ(complete(spawn_and_join(count)), static_cast<long>(count) * (count - 1) / 2);
  const RuntimeMetrics metrics = runtime().metrics();
  EXPECT_EQ(metrics.tasks_started, count + 1u);
  EXPECT_EQ(metrics.tasks_finished, count + 1u);
}

Task<int> join_in_two_runtimes(Runtime& other) {
  JoinHandle<int> handle = spawn(other, echo_of(5));
  co_return (co_await handle).value();
}

TEST_P(Scheduling, JoinsATaskOfAnotherRuntime) {
  std::atomic<Runtime*> other{nullptr};
  std::atomic<bool> stopped{false};
  std::thread thread([&other, &stopped] {
    RuntimeConfig config;
    config.backend = GetParam()->name;
    config.worker_threads = GetParam().workers;
    const std::unique_ptr<Runtime> second = GetParam()->make(config).value();
    other = second.get();
    second->run();
    while (!stopped.load()) std::this_thread::yield();
  });
  while (other.load() == nullptr) std::this_thread::yield();
  EXPECT_EQ(complete(join_in_two_runtimes(*other)), 5);
  other.load()->stop();
  stopped = true;
  thread.join();
}

}  // namespace
}  // namespace gauntlet::conformance
