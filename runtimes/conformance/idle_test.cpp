// Idle means blocked: while every task waits, the worker sleeps.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "runtimes/conformance/support.hpp"
#include "runtimes/task/blocking.hpp"
#include "runtimes/task/file.hpp"

namespace gauntlet::conformance {
namespace {

class Idle : public RuntimeTest {};
GAUNTLET_FOR_EVERY_RUNTIME(Idle);

constexpr auto window = milliseconds(300);

std::uint64_t voluntary_switches(const std::filesystem::path& thread) {
  std::ifstream status(thread / "status");
  std::string word;
  while (status >> word) {
    if (word == "voluntary_ctxt_switches:") {
      std::uint64_t count = 0;
      status >> count;
      return count;
    }
  }
  return 0;  // it has just ended
}

/// Of all threads but the calling one: those of the runtime.
std::uint64_t switches_of_others() {
  std::uint64_t sum = 0;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    if (thread.path().filename() != std::to_string(gettid())) sum += voluntary_switches(thread.path());
  }
  return sum;
}

struct Activity {
  std::uint64_t turns = 0;
  std::uint64_t parks = 0;
  std::uint64_t switches = 0;
};

Activity activity(const Runtime& runtime) {
  const RuntimeMetrics metrics = runtime.metrics();
  return {metrics.turns, metrics.parks, switches_of_others()};
}

Task<void> wait_for_timer() { co_await sleep_for(std::chrono::hours(1)); }
Task<void> wait_for_bytes(Socket& socket) { (void)co_await socket.receive(); }
Task<void> wait_for_task(JoinHandle<void>& other) { (void)co_await other; }
Task<void> wait_for_connection(Listener& listener) { (void)co_await listener.accept(); }

/// Tasks that wait on timers, sockets and each other, until `gate` ends; then all of them are cancelled.
Task<void> wait_everywhere(int count, std::atomic<bool>& waiting, JoinHandle<void>& gate) {
  std::vector<std::unique_ptr<Pair>> pairs;
  std::vector<JoinHandle<void>> sleepers, others;
  sleepers.reserve(static_cast<std::size_t>(count));
  Listener listener = must(listen(Endpoint::loopback(0)));
  others.push_back(spawn(wait_for_connection(listener)));
  for (int i = 0; i < count / 3; ++i) {
    pairs.push_back(std::make_unique<Pair>(co_await connected_pair()));
    others.push_back(spawn(wait_for_bytes(pairs.back()->near)));
    sleepers.push_back(spawn(wait_for_timer()));
    others.push_back(spawn(wait_for_task(sleepers.back())));
  }
  waiting = true;
  (void)co_await gate;
  for (JoinHandle<void>& one : others) one.cancel();
  for (JoinHandle<void>& one : others) (void)co_await one;
  for (JoinHandle<void>& one : sleepers) one.cancel();
}

struct IdleWindow {
  Activity before;
  Activity after;
};

IdleWindow watch_idle_worker(Runtime& runtime, int tasks) {
  std::atomic<bool> waiting{false};
  JoinHandle<void> gate = spawn(runtime, wait_for_timer());
  JoinHandle<void> all = spawn(runtime, wait_everywhere(tasks, waiting, gate));
  std::thread thread([&runtime] { runtime.run(); });
  while (!waiting.load()) std::this_thread::sleep_for(milliseconds(1));
  std::this_thread::sleep_for(milliseconds(50));
  IdleWindow seen;
  seen.before = activity(runtime);
  std::this_thread::sleep_for(window);
  seen.after = activity(runtime);
  gate.cancel();
  while (!all.finished()) std::this_thread::sleep_for(milliseconds(1));
  runtime.stop();
  thread.join();
  EXPECT_TRUE(all.take().has_value());
  return seen;
}

TEST_P(Idle, MeansBlockedAndANegativeControlIsCaught) {
  const IdleWindow seen = watch_idle_worker(runtime(), tasks(1000));
  const std::uint64_t turns = seen.after.turns - seen.before.turns;
  if (GetParam()->negative_control) {
    EXPECT_GT(turns, 100u) << "the negative control blocks: this test could not fail";
    return;
  }
  EXPECT_EQ(turns, 0u);
  EXPECT_EQ(seen.after.parks - seen.before.parks, 0u);
  EXPECT_LE(seen.after.switches, seen.before.switches + 1);
}

Task<void> call_once(bool there_are_files) {
  if (!there_are_files) co_return;
  const auto nothing = [] {};
  co_await run_blocking(nothing);
  std::array<std::byte, 64> memory;
  File zeros = must(co_await open_file("/dev/zero", O_RDONLY));
  EXPECT_EQ(must(co_await zeros.read_at(0, memory)), memory.size());
  must(co_await zeros.close());
}

TEST_P(Idle, WithoutAnyTaskMeansBlockedAndSoDoThreadsThatHaveMadeBlockingAndFileCalls) {
  complete(call_once(offers(Feature::files)));
  std::thread thread([this] { runtime().run(); });
  while (!runtime().is_running()) std::this_thread::yield();
  std::this_thread::sleep_for(milliseconds(50));
  const Activity before = activity(runtime());
  std::this_thread::sleep_for(window);
  const Activity after = activity(runtime());
  runtime().stop();
  thread.join();
  if (GetParam()->negative_control) {
    EXPECT_GT(after.turns - before.turns, 100u);
    return;
  }
  EXPECT_EQ(after.turns, before.turns);
  EXPECT_LE(after.switches, before.switches + 1);
}

}  // namespace
}  // namespace gauntlet::conformance
