// The end of a runtime: every frame destroyed once, every descriptor closed, handles left valid.
#include <array>
#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>

#include "runtimes/conformance/support.hpp"

namespace gauntlet::conformance {
namespace {

/// What tasks refer to that may only end after the runtime.
struct Scene {
  int in_place = 0;  ///< tasks that are about to wait
  int destroyed = 0;
  int went_on = 0;
  std::array<std::byte, 16> memory{};
  std::string large = std::string(std::size_t{32} << 20, 'x');
};

class Destruction : public RuntimeTest {
 protected:
  void TearDown() override {
    RuntimeTest::TearDown();
    EXPECT_EQ(scene.went_on, 0) << "a task was resumed by the destruction";
  }
  Scene scene;
};
GAUNTLET_FOR_EVERY_RUNTIME(Destruction);

Task<void> in_sleep(Scene& scene) {
  const Guard guard(scene.destroyed);
  ++scene.in_place;
  co_await sleep_for(std::chrono::hours(1));
  ++scene.went_on;
}

Task<void> in_accept(Scene& scene) {
  Listener listener = must(listen(Endpoint::loopback(0)));
  const Guard guard(scene.destroyed);
  ++scene.in_place;
  (void)co_await listener.accept();
  ++scene.went_on;
}

Task<void> in_connect(Scene& scene, Endpoint full) {
  const Guard guard(scene.destroyed);
  ++scene.in_place;
  (void)co_await connect(full);
  ++scene.went_on;
}

Task<void> in_receive(Scene& scene) {
  Pair pair = co_await connected_pair();
  const Guard guard(scene.destroyed);
  ++scene.in_place;
  (void)co_await pair.near.receive();
  ++scene.went_on;
}

Task<void> in_receive_with_buffers_held(Scene& scene) {
  Pair pair = co_await connected_pair();
  const Guard guard(scene.destroyed);
  ++scene.in_place;
  must(co_await pair.far.send("held"));
  const Buffer held = must(co_await pair.near.receive());
  (void)co_await pair.near.receive();
  ++scene.went_on;
}

Task<void> in_receive_into(Scene& scene) {
  Pair pair = co_await connected_pair();
  const Guard guard(scene.destroyed);
  ++scene.in_place;
  (void)co_await pair.near.receive_into(scene.memory);
  ++scene.went_on;
}

Task<void> in_send(Scene& scene) {
  Pair pair = co_await connected_pair();
  const Guard guard(scene.destroyed);
  ++scene.in_place;
  (void)co_await pair.near.send(scene.large);
  ++scene.went_on;
}

Task<void> in_join(Scene& scene) {
  const Guard guard(scene.destroyed);
  ++scene.in_place;
  JoinHandle<void> other = spawn_here(in_sleep(scene));
  (void)co_await other;
  ++scene.went_on;
}

Task<void> in_child(Scene& scene) {
  const Guard guard(scene.destroyed);
  ++scene.in_place;
  co_await in_sleep(scene);
  ++scene.went_on;
}

Task<void> in_yield(Scene& scene) {
  const Guard guard(scene.destroyed);
  ++scene.in_place;
  while (true) co_await yield();
}

/// Until so many tasks have come to their wait.
Task<void> all_in_place(Scene& scene, int count) {
  co_await at_least(scene.in_place, count);
  co_await sleep_for(milliseconds(5));
}

Task<void> pass_time() { co_await sleep_for(milliseconds(5)); }

TEST_P(Destruction, WithTasksInEveryKindOfWaitDestroysEachFrameOnceAndClosesAll) {
  const RawSocket listener = RawSocket::bound(0);
  std::vector<RawSocket> fillers;
  do {
    fillers.push_back(RawSocket::connecting_to(listener.local_endpoint()));
  } while (fillers.back().is_writable() && fillers.size() < 16);

  destroy_runtime();
  const std::size_t before = open_descriptors();
  remake(RuntimeConfig{});
  std::vector<JoinHandle<void>> handles;
  handles.push_back(spawn_on(runtime(), 0, in_sleep(scene)));
  handles.push_back(spawn_on(runtime(), 0, in_accept(scene)));
  handles.push_back(spawn_on(runtime(), 0, in_connect(scene, listener.local_endpoint())));
  handles.push_back(spawn_on(runtime(), 0, in_receive(scene)));
  handles.push_back(spawn_on(runtime(), 0, in_receive_with_buffers_held(scene)));
  handles.push_back(spawn_on(runtime(), 0, in_receive_into(scene)));
  handles.push_back(spawn_on(runtime(), 0, in_send(scene)));
  handles.push_back(spawn_on(runtime(), 0, in_join(scene)));
  handles.push_back(spawn_on(runtime(), 0, in_child(scene)));
  handles.push_back(spawn_on(runtime(), 0, in_yield(scene)));
  complete(all_in_place(scene, static_cast<int>(handles.size()) + 2));
  for (const JoinHandle<void>& handle : handles) EXPECT_FALSE(handle.finished());
  EXPECT_EQ(scene.destroyed, 0);

  destroy_runtime();
  // The joined sleeper and the awaited child are two frames more.
  EXPECT_EQ(scene.destroyed, static_cast<int>(handles.size()) + 2);
  EXPECT_EQ(open_descriptors(), before);
  for (JoinHandle<void>& handle : handles) {
    EXPECT_TRUE(handle.finished());
    EXPECT_EQ(handle.state(), TaskState::cancelled);
    EXPECT_TRUE(handle.take().error().cancelled());
  }
}

Task<std::unique_ptr<int>> give(int value) { co_return std::make_unique<int>(value); }
Task<int> fail() {
  throw std::runtime_error("kept");
  co_return 0;
}

TEST_P(Destruction, LeavesTheResultsInTheHandles) {
  JoinHandle<std::unique_ptr<int>> value = spawn_on(runtime(), 0, give(9));
  JoinHandle<int> failure = spawn_on(runtime(), 0, fail());
  JoinHandle<std::unique_ptr<int>> untaken = spawn_on(runtime(), 0, give(10));
  complete(pass_time());
  const std::uint64_t id = value.id();
  destroy_runtime();
  EXPECT_EQ(value.id(), id);
  EXPECT_EQ(value.state(), TaskState::done);
  EXPECT_EQ(*value.take().value(), 9);
  EXPECT_FALSE(value.valid());
  EXPECT_EQ(failure.state(), TaskState::failed);
  EXPECT_EQ(failure.take().error().what(), "kept");
  EXPECT_TRUE(untaken.valid());
}

Task<void> use_socket(Socket socket) { must(co_await socket.send("bye")); }

Task<JoinHandle<void>> finish_with_a_socket_as_parameter() {
  Pair pair = co_await connected_pair();
  JoinHandle<void> handle = spawn(use_socket(std::move(pair.near)));
  EXPECT_EQ(co_await read_to_end(pair.far), "bye") << "the socket ends with its task, not with the handle";
  co_return handle;
}

TEST_P(Destruction, ATasksParametersEndWithTheTaskAndNotWithItsHandle) {
  JoinHandle<void> handle = complete(finish_with_a_socket_as_parameter());
  destroy_runtime();
  EXPECT_TRUE(handle.take().has_value());
}

Task<void> open_and_leave(Scene& scene) {
  Pair pair = co_await connected_pair();
  Listener listener = must(listen(Endpoint::loopback(0)));
  const Guard guard(scene.destroyed);
  ++scene.in_place;
  co_await sleep_for(std::chrono::hours(1));
  ++scene.went_on;
}

TEST_P(Destruction, ClosesSocketsThatNoOperationUses) {
  destroy_runtime();
  const std::size_t before = open_descriptors();
  remake(RuntimeConfig{});
  for (int i = 0; i < 10; ++i) spawn_on(runtime(), 0, open_and_leave(scene)).detach();
  complete(all_in_place(scene, 10));
  destroy_runtime();
  EXPECT_EQ(scene.destroyed, 10);
  EXPECT_EQ(open_descriptors(), before);
}

/// Spawns from a destructor while the runtime is being destroyed.
struct SpawnsAtItsEnd {
  explicit SpawnsAtItsEnd(Scene& of) : scene(&of) {}
  SpawnsAtItsEnd(const SpawnsAtItsEnd&) = delete;
  SpawnsAtItsEnd& operator=(const SpawnsAtItsEnd&) = delete;
  ~SpawnsAtItsEnd() { spawn_here(in_sleep(*scene)).detach(); }
  Scene* scene;
};

Task<void> spawn_at_the_end(Scene& scene) {
  const SpawnsAtItsEnd spawner(scene);
  co_await sleep_for(std::chrono::hours(1));
  ++scene.went_on;
}

TEST_P(Destruction, DropsATaskThatWouldStartMeanwhile) {
  spawn_on(runtime(), 0, spawn_at_the_end(scene)).detach();
  complete(pass_time());
  destroy_runtime();
  EXPECT_EQ(scene.destroyed, 0) << "it never began to run";
}

Task<void> many_waits(Scene& scene, int count) {
  for (int i = 0; i < count; ++i) {
    spawn_here(in_receive(scene)).detach();
    spawn_here(in_sleep(scene)).detach();
  }
  co_await all_in_place(scene, 2 * count);
}

TEST_P(Destruction, OfManyWaitingTasksIsComplete) {
  destroy_runtime();
  const std::size_t before = open_descriptors();
  remake(RuntimeConfig{});
  const int pairs = tasks(600) / 2;
  complete(many_waits(scene, pairs));
  destroy_runtime();
  EXPECT_EQ(scene.destroyed, 2 * pairs);
  EXPECT_EQ(open_descriptors(), before);
}

/// A runtime that runs on a thread of its own.
class Elsewhere {
 public:
  explicit Elsewhere(const Subject& subject) {
    std::promise<Runtime*> made;
    std::future<Runtime*> there = made.get_future();
    thread_ = std::thread([&made, subject, this] {
      RuntimeConfig config;
      config.backend = subject->name;
      const std::unique_ptr<Runtime> own = subject->make(config).value();
      made.set_value(own.get());
      own->run();
      while (!left_.load()) std::this_thread::yield();
    });
    runtime_ = there.get();
  }
  Elsewhere(const Elsewhere&) = delete;
  Elsewhere& operator=(const Elsewhere&) = delete;
  ~Elsewhere() {
    runtime_->stop();
    left_ = true;
    thread_.join();
  }
  Runtime& runtime() noexcept { return *runtime_; }

 private:
  std::thread thread_;
  std::atomic<bool> left_{false};
  Runtime* runtime_ = nullptr;
};

Task<void> until(std::shared_ptr<std::atomic<bool>> end) {
  while (!end->load()) co_await yield();
}

Task<void> in_join(Scene& scene, JoinHandle<void> handle) {
  const Guard guard(scene.destroyed);
  ++scene.in_place;
  (void)co_await handle;
}

TEST_P(Destruction, WaitsForAThreadThatIsSchedulingTheLastOfItsJobs) {
  constexpr int rounds = 50;
  Elsewhere elsewhere(GetParam());
  for (int round = 1; round <= rounds; ++round) {
    const auto end = std::make_shared<std::atomic<bool>>(false);
    spawn_on(runtime(), 0, in_join(scene, spawn(elsewhere.runtime(), until(end)))).detach();
    while (scene.in_place < round) runtime().poll_once();
    *end = true;  // from here on it races the destructor
    remake({});
    EXPECT_EQ(scene.destroyed, round);
  }
}

}  // namespace
}  // namespace gauntlet::conformance
