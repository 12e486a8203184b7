// Several workers: homes of tasks, joining and cancelling across them, their threads. Holds for one worker too.
#include <atomic>
#include <thread>

#include "runtimes/conformance/support.hpp"

namespace gauntlet::conformance {
namespace {

class Workers : public RuntimeTest {
 protected:
  std::uint16_t worker_of(int number) { return static_cast<std::uint16_t>(number % runtime().workers()); }
};
GAUNTLET_FOR_EVERY_RUNTIME(Workers);

Task<int> number(int value) { co_return value; }

/// How many of its resumptions were not on `home`.
Task<int> strayed(std::uint16_t home, int steps) {
  int count = this_worker()->index == home ? 0 : 1;
  for (int step = 0; step < steps; ++step) {
    if (step % 3 == 0) {
      co_await yield();
    } else if (step % 3 == 1) {
      co_await sleep_for(microseconds(20));
    } else {
      JoinHandle<int> elsewhere =
          spawn_on(static_cast<std::uint16_t>((home + 1) % this_worker()->runtime->workers()), number(step));
      if ((co_await elsewhere).value() != step) ++count;
    }
    if (this_worker()->index != home) ++count;
  }
  co_return count;
}

Task<int> all_strayed(int tasks, int steps) {
  const std::uint16_t workers = this_worker()->runtime->workers();
  std::vector<JoinHandle<int>> handles;
  for (int i = 0; i < tasks; ++i) {
    const auto home = static_cast<std::uint16_t>(i % workers);
    handles.push_back(spawn_on(home, strayed(home, steps)));
  }
  int sum = 0;
  for (JoinHandle<int>& handle : handles) sum += (co_await handle).value();
  co_return sum;
}

TEST_P(Workers, TenThousandTasksAreResumedWhereTheyWereSpawned) {
  // Each has a child now and then.
  const int count = tasks(sanitized ? 4'000 : 20'000) / 2;
  EXPECT_EQ(complete(all_strayed(count, 6)), 0);
}

Task<int> index_of_spawned() {
  JoinHandle<int> here = spawn(strayed(this_worker()->index, 3));
  co_return (co_await here).value();
}

TEST_P(Workers, ATaskSpawnedInsideStaysOnTheSpawningWorker) {
  if (runtime().traits().tasks_migrate) GTEST_SKIP() << "tasks migrate";
  for (std::uint16_t worker = 0; worker < runtime().workers(); ++worker) {
    JoinHandle<int> asked = spawn_on(runtime(), worker, index_of_spawned());
    while (!asked.finished()) runtime().poll_once();
    EXPECT_EQ(asked.take().value(), 0);
  }
}

Task<void> count_here(std::vector<std::atomic<int>>& counts) {
  counts[this_worker()->index].fetch_add(1);
  co_return;
}

TEST_P(Workers, TasksFromOutsideAreSharedOutAmongTheWorkers) {
  if (runtime().traits().tasks_migrate) GTEST_SKIP() << "tasks migrate";
  std::vector<std::atomic<int>> counts(runtime().workers());
  const int each = tasks(100);
  for (int i = 0; i < each * runtime().workers(); ++i) spawn(runtime(), count_here(counts)).detach();
  while (runtime().poll_once().ran_anything) {
  }
  for (const std::atomic<int>& count : counts) EXPECT_EQ(count.load(), each);
}

/// Notes on which worker it was destroyed.
class Witness {
 public:
  explicit Witness(std::atomic<int>& where) noexcept : where_(&where) {}
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;
  ~Witness() { where_->store(this_worker()->index); }

 private:
  std::atomic<int>* where_;
};

Task<void> sleep_with_witness(std::atomic<int>& where) {
  const Witness witness(where);
  co_await sleep_for(std::chrono::hours(1));
}

Task<void> cancel_on_all(std::vector<std::atomic<int>>& where, bool let_them_start) {
  const auto workers = static_cast<std::uint16_t>(where.size());
  for (std::uint16_t worker = 0; worker < workers; ++worker) {
    JoinHandle<void> sleeper = spawn_on(worker, sleep_with_witness(where[worker]));
    while (let_them_start && sleeper.state() != TaskState::waiting) co_await sleep_for(microseconds(50));
    sleeper.cancel();
    sleeper.cancel();
    const TaskResult<void> ended = co_await sleeper;
    EXPECT_TRUE(!ended.has_value() && ended.error().cancelled());
  }
}

TEST_P(Workers, ACancelledTaskIsDroppedOnItsHome) {
  std::vector<std::atomic<int>> where(runtime().workers());
  for (std::atomic<int>& one : where) one = -1;
  complete(cancel_on_all(where, true));
  for (std::uint16_t worker = 0; worker < runtime().workers(); ++worker) EXPECT_EQ(where[worker].load(), worker);
  complete(cancel_on_all(where, false));
}

Task<void> sleep_a_little(int microseconds_to_sleep) { co_await sleep_for(microseconds(microseconds_to_sleep)); }

Task<void> race_cancel(int seeds) {
  const std::uint16_t workers = this_worker()->runtime->workers();
  for (int seed = 0; seed < seeds; ++seed) {
    JoinHandle<void> one = spawn_on(static_cast<std::uint16_t>(seed % workers), sleep_a_little(seed % 60));
    if (seed % 3 != 0) co_await sleep_for(microseconds(seed % 50));
    one.cancel();
    const TaskResult<void> ended = co_await one;
    EXPECT_TRUE(ended.has_value() || ended.error().cancelled());
  }
}

TEST_P(Workers, CancellingFromAnotherWorkerRacesWithTheEndAndOneOfThemWins) {
  std::vector<JoinHandle<void>> racers;
  for (std::uint16_t worker = 0; worker < runtime().workers(); ++worker) {
    racers.push_back(spawn_on(runtime(), worker, race_cancel(300)));
  }
  for (JoinHandle<void>& racer : racers) {
    const auto join = [](JoinHandle<void>& joined) -> Task<void> { (co_await joined).value(); };
    complete(join(racer));
  }
  const RuntimeMetrics metrics = runtime().metrics();
  EXPECT_EQ(metrics.tasks_started, metrics.tasks_finished);
}

Task<int> fail_on(std::uint16_t worker) {
  EXPECT_EQ(this_worker()->index, worker);
  co_await yield();
  throw std::runtime_error("on worker " + std::to_string(worker));
}

Task<void> join_failures() {
  for (std::uint16_t worker = 0; worker < this_worker()->runtime->workers(); ++worker) {
    JoinHandle<int> failing = spawn_on(worker, fail_on(worker));
    EXPECT_EQ((co_await failing).error().what(), "on worker " + std::to_string(worker));
  }
}

TEST_P(Workers, AnExceptionReachesTheHandleOnAnotherWorker) { complete(join_failures()); }

TEST_P(Workers, NoWakeUpOfAnyWorkerIsLost) {
  constexpr int threads = 6;
  constexpr int rounds = sanitized ? 300 : 2'000;
  std::vector<std::thread> posters;
  std::atomic<int> finished{0};
  for (int thread = 0; thread < threads; ++thread) {
    posters.emplace_back([this, thread, &finished] {
      std::atomic<int> done{0};
      // Each post finds its worker blocked, or about to block: the moment at which a wake-up is lost.
      for (int i = 0; i < rounds; ++i) {
        post_on(runtime(), worker_of(thread + i), [&done] { done.fetch_add(1); });
        while (done.load() <= i) std::this_thread::yield();
      }
      if (finished.fetch_add(1) + 1 == threads) runtime().stop();
    });
  }
  runtime().run();
  for (std::thread& poster : posters) poster.join();
  EXPECT_EQ(finished.load(), threads);
}

TEST_P(Workers, ABurstOfPostsToABusyWorkerWakesItFarFewerTimes) {
  static constexpr int posts = 2'000;
  std::atomic<int> done{0};
  std::atomic<bool> held{false};
  std::atomic<bool> posted{false};
  const std::uint16_t last = worker_of(runtime().workers() - 1);
  std::thread poster([&, this] {
    // Held, because a quick worker may well sleep again between any two posts of a slow thread.
    post_on(runtime(), last, [&held, &posted] {
      held = true;
      while (!posted) std::this_thread::yield();
    });
    while (!held) std::this_thread::yield();
    for (int i = 0; i < posts; ++i) {
      post_on(runtime(), last, [this, &done] {
        if (done.fetch_add(1) + 1 == posts) runtime().stop();
      });
    }
    posted = true;
  });
  runtime().run();
  poster.join();
  EXPECT_EQ(done.load(), posts);
  EXPECT_LT(runtime().metrics().remote_wakeups, posts / 4u);
}

Task<int> hop(int left) {
  if (left == 0) co_return 0;
  const Worker& here = *this_worker();
  JoinHandle<int> next =
      spawn_on(static_cast<std::uint16_t>((here.index + 1) % here.runtime->workers()), hop(left - 1));
  co_return (co_await next).value() + 1;
}

TEST_P(Workers, WorkersWakeOneAnother) {
  const int hops = tasks(1'000);
  EXPECT_EQ(complete(hop(hops)), hops);
}

TEST_P(Workers, RunHasAThreadPerWorkerAndJoinsThemAll) {
  const std::size_t before = live_threads();
  for (int i = 0; i < 3; ++i) {
    std::atomic<std::size_t> during{0};
    std::atomic<int> arrived{0};
    for (std::uint16_t worker = 0; worker < runtime().workers(); ++worker) {
      post_on(runtime(), worker, [this, before, &during, &arrived] {
        // The last one to come sees them all.
        if (arrived.fetch_add(1) + 1 < runtime().workers()) return;
        during = live_threads(before + runtime().workers() - 1u);
        runtime().stop();
      });
    }
    runtime().run();
    EXPECT_EQ(during.load(), before + runtime().workers() - 1u);
    EXPECT_EQ(live_threads(before), before);
    EXPECT_FALSE(runtime().is_running());
  }
}

TEST_P(Workers, AnyWorkerMayStopTheRuntime) {
  for (int i = 0; i < 30; ++i) {
    post_on(runtime(), worker_of(i), [this] { runtime().stop(); });
    runtime().run();
  }
  EXPECT_FALSE(runtime().is_running());
}

TEST_P(Workers, StopsFromManyThreadsAtOnceEndEveryRun) {
  std::atomic<bool> over{false};
  std::vector<std::thread> stoppers;
  for (int i = 0; i < 3; ++i) {
    stoppers.emplace_back([this, &over] {
      while (!over.load()) {
        runtime().stop();
        std::this_thread::yield();
      }
    });
  }
  for (int i = 0; i < 50; ++i) runtime().run();
  over = true;
  for (std::thread& stopper : stoppers) stopper.join();
  EXPECT_EQ(complete(number(7)), 7);
}

}  // namespace
}  // namespace gauntlet::conformance
