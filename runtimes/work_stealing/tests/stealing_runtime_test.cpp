// Tasks that move between workers: every count here is atomic, since any worker may add to it.
#include "runtimes/work_stealing/stealing_runtime.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <thread>

#include "runtimes/task/io.hpp"
#include "runtimes/task/spawn.hpp"
#include "runtimes/task/time.hpp"
#include "runtimes/work_stealing/work_stealing.hpp"

namespace gauntlet {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

class WorkStealing : public testing::TestWithParam<std::uint32_t> {
 protected:
  void SetUp() override { remake(true); }
  void remake(bool stealing) {
    RuntimeConfig config;
    config.worker_threads = GetParam();
    config.work_stealing = stealing;
    runtime = make_work_stealing(config).value();
  }
  std::unique_ptr<Runtime> runtime;
};
INSTANTIATE_TEST_SUITE_P(Workers, WorkStealing, testing::Values(2, 4));

/// Keeps its worker busy for a while, so that there is something to steal.
void work_for(std::chrono::nanoseconds duration) {
  const auto until = std::chrono::steady_clock::now() + duration;
  while (std::chrono::steady_clock::now() < until) {
  }
}

Task<std::uint16_t> busy_task(std::chrono::nanoseconds duration) {
  work_for(duration);
  co_return this_worker()->index;
}

Task<std::vector<int>> spawn_busy_tasks(int count, std::uint16_t workers) {
  std::vector<JoinHandle<std::uint16_t>> handles;
  for (int i = 0; i < count; ++i) handles.push_back(spawn(busy_task(microseconds(200))));
  std::vector<int> ran(workers);
  for (auto& handle : handles) ++ran[(co_await handle).value()];
  co_return ran;
}

/// How many of them ran anywhere but on worker 0. On a machine that is busy, the other workers may sleep through a
/// batch, or find its tasks in the injector.
Task<int> batches_until_something_was_stolen() {
  const Runtime& all = *this_worker()->runtime;
  int elsewhere = 0;
  for (int batch = 0; batch < 1000 && (elsewhere == 0 || all.metrics().steals_won == 0); ++batch) {
    const std::vector<int> ran = co_await spawn_busy_tasks(100, all.workers());
    int total = 0;
    for (const int count : ran) total += count;
    EXPECT_EQ(total, 100);
    elsewhere += total - ran[0];
  }
  co_return elsewhere;
}

TEST_P(WorkStealing, SharesASpawnedBatchAmongTheWorkers) {
  EXPECT_GT(block_on(*runtime, batches_until_something_was_stolen()), 0);
  const RuntimeMetrics metrics = runtime->metrics();
  EXPECT_GT(metrics.steals_won, 0u);
  EXPECT_GE(metrics.steals_tried, metrics.steals_won);
}

Task<int> batches_until_somebody_was_woken() {
  const Runtime& all = *this_worker()->runtime;
  int batches = 0;
  while (all.metrics().peer_wakeups == 0) {
    co_await sleep_for(milliseconds(1));  // time for the others to fall asleep
    (void)co_await spawn_busy_tasks(100, all.workers());
    ++batches;
  }
  co_return batches;
}

TEST_P(WorkStealing, WakesASleeperPerBatchOfSpawnsAndNotPerTask) {
  const int batches = block_on(*runtime, batches_until_somebody_was_woken());
  EXPECT_LT(runtime->metrics().peer_wakeups, static_cast<std::uint64_t>(batches) * 50);
}

Task<bool> stays(std::uint16_t home) {
  bool stayed = this_worker()->index == home;
  for (int i = 0; i < 3; ++i) {
    co_await yield();
    stayed = stayed && this_worker()->index == home;
  }
  co_await sleep_for(microseconds(10));
  co_return stayed&& this_worker()->index == home;
}

Task<int> count_stayers(int count, std::uint16_t workers, bool pin) {
  int stayed = 0;
  for (int done = 0; done < count; done += 500) {
    std::vector<JoinHandle<bool>> handles;
    for (int i = 0; i < 500; ++i) {
      const auto home = pin ? static_cast<std::uint16_t>(i % workers) : this_worker()->index;
      handles.push_back(pin ? spawn_on(home, stays(home)) : spawn(stays(home)));
    }
    for (auto& handle : handles) stayed += (co_await handle).value() ? 1 : 0;
  }
  co_return stayed;
}

TEST_P(WorkStealing, SwitchedOffResumesEveryTaskWhereItWasSpawned) {
  remake(false);
  EXPECT_EQ(block_on(*runtime, count_stayers(10'000, runtime->workers(), false)), 10'000);
  EXPECT_EQ(runtime->metrics().steals_tried, 0u);
  EXPECT_EQ(runtime->metrics().steals_won, 0u);
}

TEST_P(WorkStealing, NeverMovesATaskThatIsPinned) {
  EXPECT_EQ(block_on(*runtime, count_stayers(10'000, runtime->workers(), true)), 10'000);
}

Task<void> echo_until_end(Socket socket) {
  for (;;) {
    const Result<Buffer> buffer = co_await socket.receive();
    if (!buffer || buffer->empty()) co_return;
    if (!co_await socket.send(buffer->text())) co_return;
  }
}

Task<void> serve(Listener& listener, int count) {
  for (int i = 0; i < count; ++i) spawn(echo_until_end((co_await listener.accept()).value())).detach();
}

Task<int> talk(Endpoint to, int rounds) {
  Socket socket = (co_await connect(to)).value();
  int answered = 0;
  for (int i = 0; i < rounds; ++i) {
    const std::string text = "message " + std::to_string(i);
    (void)co_await socket.send(text);
    std::string back;
    while (back.size() < text.size()) {
      const Result<Buffer> buffer = co_await socket.receive();
      if (!buffer || buffer->empty()) break;
      back += buffer->text();
    }
    answered += back == text ? 1 : 0;
  }
  co_return answered;
}

Task<int> echo_with_many(int connections, int rounds) {
  Listener listener = listen(Endpoint::loopback(0)).value();
  JoinHandle<void> server = spawn(serve(listener, connections));
  std::vector<JoinHandle<int>> clients;
  for (int i = 0; i < connections; ++i) clients.push_back(spawn(talk(listener.local_endpoint().value(), rounds)));
  int answered = 0;
  for (auto& client : clients) answered += (co_await client).value();
  (void)co_await server;
  co_return answered;
}

TEST_P(WorkStealing, CarriesSocketsFromWorkerToWorker) {
  EXPECT_EQ(block_on(*runtime, echo_with_many(64, 100)), 6'400);
  EXPECT_EQ(runtime->metrics().accepts, 64u);
}

constexpr std::size_t block_bytes = 3'000;

/// Blocks of one letter; each is sent again until no other task is sending.
Task<void> send_blocks(Socket& socket, char letter, int count) {
  const std::string block(block_bytes, letter);
  for (int i = 0; i < count; ++i) {
    for (;;) {
      const Result<void> sent = co_await socket.send(block);
      if (sent) break;
      EXPECT_EQ(sent.error().value(), EBUSY);
      co_await yield();
    }
  }
}

Task<std::string> collect(Socket& socket, std::size_t bytes) {
  std::string all;
  while (all.size() < bytes) {
    const Result<Buffer> buffer = co_await socket.receive();
    if (!buffer || buffer->empty()) break;
    all += buffer->text();
  }
  co_return all;
}

Task<std::string> send_from_three_tasks(int each) {
  Listener listener = listen(Endpoint::loopback(0)).value();
  Socket near = (co_await connect(listener.local_endpoint().value())).value();
  Socket far = (co_await listener.accept()).value();
  JoinHandle<std::string> reader = spawn(collect(far, 3 * static_cast<std::size_t>(each) * block_bytes));
  std::vector<JoinHandle<void>> senders;
  for (const char letter : {'a', 'b', 'c'}) senders.push_back(spawn(send_blocks(near, letter, each)));
  for (auto& sender : senders) (void)co_await sender;
  co_return (co_await reader).value();
}

TEST_P(WorkStealing, LetsOneTaskSendAtATimeAndTellsTheOthers) {
  const std::string all = block_on(*runtime, send_from_three_tasks(300));
  ASSERT_EQ(all.size(), 900 * block_bytes);
  for (std::size_t at = 0; at < all.size(); at += block_bytes) {
    ASSERT_EQ(all.compare(at, block_bytes, std::string(block_bytes, all[at])), 0) << "a block was torn at " << at;
  }
}

Task<void> sleep_a_little(std::chrono::nanoseconds duration, std::atomic<int>& ended) {
  struct Count {
    explicit Count(std::atomic<int>& of) : ended(&of) {}
    Count(const Count&) = delete;
    Count& operator=(const Count&) = delete;
    ~Count() { ended->fetch_add(1); }
    std::atomic<int>* ended;
  } count(ended);
  co_await sleep_for(duration);
}

Task<void> receive_a_little(Socket& socket, std::atomic<int>& ended) {
  struct Count {
    explicit Count(std::atomic<int>& of) : ended(&of) {}
    Count(const Count&) = delete;
    Count& operator=(const Count&) = delete;
    ~Count() { ended->fetch_add(1); }
    std::atomic<int>* ended;
  } count(ended);
  (void)co_await socket.receive();
}

/// Several tasks at once, each cancelling what may just be completing elsewhere.
Task<int> cancel_sleepers(int seed, std::atomic<int>& ended) {
  std::mt19937 random(static_cast<unsigned>(seed));
  int joined = 0;
  for (int i = 0; i < 60; ++i) {
    JoinHandle<void> sleeper = spawn(sleep_a_little(microseconds(random() % 40), ended));
    if (random() % 2 == 0) co_await sleep_for(microseconds(random() % 40));
    sleeper.cancel();
    (void)co_await sleeper;
    ++joined;
  }
  co_return joined;
}

Task<int> cancel_receivers(Socket near, Socket far, int seed, std::atomic<int>& ended) {
  std::mt19937 random(static_cast<unsigned>(seed));
  int joined = 0;
  for (int i = 0; i < 60; ++i) {
    JoinHandle<void> receiver = spawn(receive_a_little(near, ended));
    for (auto yields = random() % 3; yields > 0; --yields) co_await yield();
    if (random() % 2 == 0) (void)co_await far.send("x");
    receiver.cancel();
    (void)co_await receiver;
    ++joined;
  }
  co_return joined;
}

Task<int> cancel_everything(int tasks, std::atomic<int>& ended) {
  Listener listener = listen(Endpoint::loopback(0)).value();
  std::vector<JoinHandle<int>> handles;
  for (int i = 0; i < tasks; ++i) {
    handles.push_back(spawn(cancel_sleepers(i, ended)));
    Socket near = (co_await connect(listener.local_endpoint().value())).value();
    Socket far = (co_await listener.accept()).value();
    handles.push_back(spawn(cancel_receivers(std::move(near), std::move(far), i, ended)));
  }
  int joined = 0;
  for (auto& handle : handles) joined += (co_await handle).value();
  co_return joined;
}

TEST_P(WorkStealing, EndsEachTaskOnceWhenCancellationRacesCompletion) {
  std::atomic<int> ended{0};
  EXPECT_EQ(block_on(*runtime, cancel_everything(12, ended)), 2 * 12 * 60);
  const RuntimeMetrics metrics = runtime->metrics();
  EXPECT_EQ(metrics.tasks_finished, metrics.tasks_started);
  runtime.reset();
  EXPECT_LE(ended.load(), 2 * 12 * 60);
}

Task<void> close_soon(Socket socket, std::uint32_t yields) {
  for (; yields > 0; --yields) co_await yield();
  (void)co_await socket.close();
}

Task<int> close_under_traffic(int rounds) {
  Listener listener = listen(Endpoint::loopback(0)).value();
  std::vector<JoinHandle<void>> handles;
  for (int i = 0; i < rounds; ++i) {
    Socket near = (co_await connect(listener.local_endpoint().value())).value();
    Socket far = (co_await listener.accept()).value();
    (void)co_await near.send("to be answered");
    handles.push_back(spawn(echo_until_end(std::move(far))));
    handles.push_back(spawn(close_soon(std::move(near), static_cast<std::uint32_t>(i % 4))));
  }
  int ended = 0;
  for (auto& handle : handles) ended += (co_await handle).has_value() ? 1 : 0;
  co_return ended;
}

TEST_P(WorkStealing, ClosesSocketsWhileTheirPeersAreServedElsewhere) {
  EXPECT_EQ(block_on(*runtime, close_under_traffic(300)), 600);
}

Task<void> count_up(std::atomic<int>& count) {
  co_await yield();
  count.fetch_add(1);
}

TEST_P(WorkStealing, LosesNoTaskThatForeignThreadsSpawnOneByOne) {
  constexpr int rounds = 1'000;
  std::atomic<int> count{0};
  std::thread foreign([this, &count] {
    // Each finds all workers asleep, or about to be: the moment at which a wake-up is lost.
    for (int i = 0; i < rounds; ++i) {
      spawn(*runtime, count_up(count)).detach();
      while (count.load() <= i) std::this_thread::yield();
    }
    runtime->stop();
  });
  runtime->run();
  foreign.join();
  EXPECT_EQ(count.load(), rounds);
}

TEST_P(WorkStealing, EndsWithTasksWaitingEverywhere) {
  std::atomic<int> ended{0};
  for (int i = 0; i < 500; ++i) spawn(*runtime, sleep_a_little(std::chrono::hours(1), ended)).detach();
  std::thread stopper([this] {
    while (runtime->metrics().tasks_started < 500) std::this_thread::yield();
    runtime->stop();
  });
  runtime->run();
  stopper.join();
  runtime.reset();
  EXPECT_EQ(ended.load(), 500);
}

Task<long> fork(int depth) {
  if (depth == 0) co_return 1;
  JoinHandle<long> left = spawn(fork(depth - 1));
  JoinHandle<long> right = spawn(fork(depth - 1));
  const long first = (co_await left).value();
  co_return first + (co_await right).value();
}

TEST_P(WorkStealing, ForksAndJoins) {
  EXPECT_EQ(block_on(*runtime, fork(12)), 4096);
  const RuntimeMetrics metrics = runtime->metrics();
  EXPECT_EQ(metrics.tasks_started, 8191u);
  EXPECT_EQ(metrics.tasks_finished, 8191u);
}

}  // namespace
}  // namespace gauntlet
