// Several workers: homes of sockets, sharing out of connections, destruction with tasks on every worker.
#include <algorithm>
#include <atomic>
#include <numeric>
#include <thread>

#include "runtimes/conformance/support.hpp"
#include "runtimes/task/acceptor.hpp"

namespace gauntlet::conformance {
namespace {

class WorkerSockets : public RuntimeTest {
 protected:
  void use_dispatch(const char* dispatch) { remake(RuntimeConfig{}, dispatch); }
};
GAUNTLET_FOR_EVERY_RUNTIME(WorkerSockets);

struct Tally {
  explicit Tally(std::uint16_t workers) : served(workers) {}
  std::vector<std::atomic<int>> served;
  std::atomic<int> strayed{0};
};

Task<void> echo_at_home(Socket socket, Tally& tally) {
  tally.served[this_worker()->index].fetch_add(1);
  while (true) {
    if (!socket.record().is_home()) tally.strayed.fetch_add(1);
    const Buffer buffer = must(co_await socket.receive());
    if (buffer.empty()) co_return;
    must(co_await socket.send(buffer.text()));
  }
}

Task<void> ask(Endpoint at, std::string text) {
  Socket socket = must(co_await connect(at));
  must(co_await socket.send(text));
  EXPECT_EQ(co_await read_bytes(socket, text.size()), text);
  co_await some_yields(2);
  must(co_await socket.close());
}

Task<void> ask_from_every_worker(Endpoint at, int clients) {
  std::vector<JoinHandle<void>> asking;
  for (int i = 0; i < clients; ++i) {
    const auto home = static_cast<std::uint16_t>(i % this_worker()->runtime->workers());
    asking.push_back(spawn_on(home, ask(at, "client " + std::to_string(i))));
  }
  for (JoinHandle<void>& one : asking) (co_await one).value();
}

/// Serves so many clients at once, `rounds` times or until every worker has served one. How many each has served.
Task<std::vector<int>> serve_clients(Tally& tally, int clients, int rounds = 1) {
  Listener listener = must(listen(Endpoint::loopback(0)));
  const Endpoint at = must(listener.local_endpoint());
  const ServeConnection serve = [&tally](Socket socket) { return echo_at_home(std::move(socket), tally); };
  JoinHandle<Result<void>> server = spawn(accept_connections(std::move(listener), serve));
  const auto is_idle = [](const std::atomic<int>& count) { return count.load() == 0; };
  do {
    co_await ask_from_every_worker(at, clients);
  } while (--rounds > 0 && std::ranges::any_of(tally.served, is_idle));
  server.cancel();
  (void)co_await server;
  std::vector<int> served;
  for (const std::atomic<int>& count : tally.served) served.push_back(count.load());
  co_return served;
}

TEST_P(WorkerSockets, RoundRobinGivesEveryWorkerTheSameNumberOfConnections) {
  use_dispatch("round_robin");
  if (runtime().traits().sockets_migrate) GTEST_SKIP() << "sockets migrate";
  Tally tally(runtime().workers());
  const int each = tasks(50) / 2;  // a client and who serves it
  const std::vector<int> served = complete(serve_clients(tally, each * runtime().workers()));
  for (const int count : served) EXPECT_EQ(count, each);
  EXPECT_EQ(tally.strayed.load(), 0);
}

using SocketsByHome = std::vector<std::vector<Socket>>;

Task<void> accept_and_hold(Listener& listener, int count, SocketsByHome& held, std::vector<RawSocket>& peers) {
  for (int i = 0; i < count; ++i) {
    peers.push_back(RawSocket::connected_to(must(listener.local_endpoint())));
    Socket socket = must(co_await listener.accept());
    held[socket.record().home()].push_back(std::move(socket));
  }
}

Task<void> close_all(std::vector<Socket>& sockets) {
  for (Socket& socket : sockets) must(co_await socket.close());
  sockets.clear();
}

Task<void> fill_and_empty() {
  const std::uint16_t workers = this_worker()->runtime->workers();
  Listener listener = must(listen(Endpoint::loopback(0)));
  SocketsByHome held(workers);
  std::vector<RawSocket> peers;
  co_await accept_and_hold(listener, 4 * workers, held, peers);
  for (const auto& sockets : held) EXPECT_GE(sockets.size(), 3u) << "the listener counts too";
  for (std::uint16_t worker = 0; worker < workers; ++worker) {
    JoinHandle<void> emptying = spawn_on(worker, close_all(held[worker]));
    (co_await emptying).value();
    co_await accept_and_hold(listener, 3, held, peers);
    EXPECT_GE(held[worker].size(), 2u) << "it had the fewest";
  }
  for (std::uint16_t worker = 0; worker < workers; ++worker) {
    JoinHandle<void> emptying = spawn_on(worker, close_all(held[worker]));
    (co_await emptying).value();
  }
}

TEST_P(WorkerSockets, LeastLoadedFillsUpTheWorkerWithTheFewestSockets) {
  use_dispatch("least_loaded");
  if (runtime().traits().sockets_migrate) GTEST_SKIP() << "sockets migrate";
  complete(fill_and_empty());
}

TEST_P(WorkerSockets, EveryConnectionIsServedOnItsHomeWhateverTheDispatch) {
  for (const char* dispatch : {"least_loaded", "affinity"}) {
    use_dispatch(dispatch);
    Tally tally(runtime().workers());
    const int clients = tasks(200) / 2;
    const std::vector<int> served = complete(serve_clients(tally, clients));
    EXPECT_EQ(std::accumulate(served.begin(), served.end(), 0), clients) << dispatch;
    EXPECT_EQ(tally.strayed.load(), 0) << dispatch;
  }
}

TEST_P(WorkerSockets, WithAffinityEveryWorkerAcceptsForItself) {
  use_dispatch("affinity");
  if (!runtime().traits().accepts_per_worker) GTEST_SKIP() << "one listener accepts";
  Tally tally(runtime().workers());
  // The first clients may come before every worker listens. Then the kernel picks a listener by a hash: of 4, one goes
  // without in 100 rounds of 20 with a chance below 10^-249.
  const std::vector<int> served = complete(serve_clients(tally, 20, 100));
  for (const int count : served) EXPECT_GT(count, 0);
}

Task<int> listen_at(Endpoint at) {
  Result<Listener> listener = listen(at);
  co_return errno_of(listener);
}

Task<void> listen_twice() {
  Listener listener = must(listen(Endpoint::loopback(0)));
  const Endpoint at = must(listener.local_endpoint());
  EXPECT_EQ(co_await listen_at(at), EADDRINUSE) << "the same worker again";
  const std::uint16_t workers = this_worker()->runtime->workers();
  for (std::uint16_t worker = 1; worker < workers; ++worker) {
    JoinHandle<int> beside = spawn_on(worker, listen_at(at));
    EXPECT_EQ((co_await beside).value(), this_worker()->runtime->traits().accepts_per_worker ? 0 : EADDRINUSE);
  }
  must(co_await listener.close());
  EXPECT_EQ(co_await listen_at(at), 0);
}

TEST_P(WorkerSockets, AnEndpointIsSharedByTheWorkersOfARuntimeOnly) {
  complete(listen_twice());
  const RawSocket stranger = RawSocket::bound(8);
  EXPECT_EQ(complete(listen_at(stranger.local_endpoint())), EADDRINUSE);
}

TEST_P(WorkerSockets, TwoRuntimesDoNotShareAnEndpoint) {
  RuntimeConfig config;
  config.backend = GetParam()->name;
  config.worker_threads = GetParam().workers;
  config.dispatch = "affinity";
  const std::unique_ptr<Runtime> second = GetParam()->make(config).value();
  const auto listen_and_try = [](Runtime& other) -> Task<void> {
    Listener listener = must(listen(Endpoint::loopback(0)));
    const Endpoint at = must(listener.local_endpoint());
    JoinHandle<int> stranger = spawn_on(other, 0, listen_at(at));
    while (!stranger.finished()) co_await sleep_for(microseconds(100));
    EXPECT_EQ(stranger.take().value(), EADDRINUSE);
  };
  std::thread thread([&second] { second->run(); });
  complete(listen_and_try(*second));
  second->stop();
  thread.join();
}

Task<void> hold(Socket) { co_return; }

Task<void> drop_elsewhere() {
  Runtime& runtime = *this_worker()->runtime;
  for (std::uint16_t worker = 0; worker < runtime.workers(); ++worker) {
    Pair pair = co_await connected_pair();
    JoinHandle<void> dropping = spawn_on(worker, hold(std::move(pair.far)));
    (co_await dropping).value();
    EXPECT_EQ(co_await read_to_end(pair.near), "");
  }
}

TEST_P(WorkerSockets, ASocketDroppedOnAnotherWorkerIsClosedByItsHome) { complete(drop_elsewhere()); }

struct Scene {
  std::atomic<int> entered{0};
  std::atomic<int> left{0};
};

class Presence {
 public:
  explicit Presence(Scene& scene) noexcept : scene_(&scene) { scene.entered.fetch_add(1); }
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;
  ~Presence() { scene_->left.fetch_add(1); }

 private:
  Scene* scene_;
};

Task<void> sleep_in(Scene& scene) {
  const Presence presence(scene);
  co_await sleep_for(std::chrono::hours(1));
}

Task<void> receive_in(Scene& scene) {
  Pair pair = co_await connected_pair();
  const Presence presence(scene);
  (void)co_await pair.near.receive();
}

Task<void> yield_in(Scene& scene) {
  const Presence presence(scene);
  while (true) co_await yield();
}

Task<void> join_in(Scene& scene, std::uint16_t worker) {
  JoinHandle<void> other = spawn_on(worker, sleep_in(scene));
  const Presence presence(scene);
  (void)co_await other;
}

Task<void> until_entered(Scene& scene, int count) {
  while (scene.entered.load() < count) co_await sleep_for(microseconds(100));
}

TEST_P(WorkerSockets, DestructionDropsTheTasksOfEveryWorkerAndClosesTheirSockets) {
  destroy_runtime();
  const std::size_t descriptors = open_descriptors();
  const std::size_t threads = live_threads();
  for (int round = 0; round < 3; ++round) {
    Scene scene;
    use_dispatch("affinity");
    const std::uint16_t workers = runtime().workers();
    for (std::uint16_t worker = 0; worker < workers; ++worker) {
      spawn_on(runtime(), worker, sleep_in(scene)).detach();
      spawn_on(runtime(), worker, receive_in(scene)).detach();
      spawn_on(runtime(), worker, yield_in(scene)).detach();
      spawn_on(runtime(), worker, join_in(scene, static_cast<std::uint16_t>((worker + 1) % workers))).detach();
    }
    complete(until_entered(scene, 5 * workers));
    destroy_runtime();
    EXPECT_EQ(scene.left.load(), scene.entered.load());
    EXPECT_EQ(open_descriptors(), descriptors);
    EXPECT_EQ(live_threads(threads), threads);
  }
}

}  // namespace
}  // namespace gauntlet::conformance
