// Listeners in a burst, and when descriptors have run out.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "runtimes/conformance/support.hpp"
#include "runtimes/task/acceptor.hpp"

namespace gauntlet::conformance {
namespace {

class Accepting : public RuntimeTest {};
GAUNTLET_FOR_EVERY_RUNTIME(Accepting);

Task<void> accept_all(Listener& listener, std::vector<Socket>& accepted, std::size_t count) {
  while (accepted.size() < count) accepted.push_back(must(co_await listener.accept()));
}

Task<void> burst(std::size_t count) {
  Listener listener = must(listen(Endpoint::loopback(0)));
  std::vector<RawSocket> peers;
  for (std::size_t i = 0; i < count; ++i) {
    peers.push_back(RawSocket::connected_to(must(listener.local_endpoint())));
  }
  std::vector<Socket> accepted;
  co_await accept_all(listener, accepted, count);
  std::vector<std::string> remotes;
  for (const Socket& socket : accepted) remotes.push_back(must(socket.remote_endpoint()).to_string());
  for (const RawSocket& peer : peers) {
    EXPECT_NE(std::ranges::find(remotes, peer.local_endpoint().to_string()), remotes.end());
  }
}

TEST_P(Accepting, ABurstOfConnectionsMissesNone) {
  const std::size_t count = offers(Feature::many_tasks) ? 500 : 100;
  complete(burst(count));
  EXPECT_EQ(runtime().metrics().accepts, count);
}

Task<void> wait_for_peers(Listener& listener, int& accepted, int count) {
  while (accepted < count) {
    const Socket socket = must(co_await listener.accept());
    EXPECT_TRUE(socket.is_open());
    ++accepted;
  }
}

Task<void> connect_one_by_one(int count) {
  Listener listener = must(listen(Endpoint::loopback(0)));
  int accepted = 0;
  JoinHandle<void> acceptor = spawn_here(wait_for_peers(listener, accepted, count));
  for (int i = 0; i < count; ++i) {
    const Socket socket = must(co_await connect(must(listener.local_endpoint())));
    co_await at_least(accepted, i + 1);
  }
  EXPECT_TRUE((co_await acceptor).has_value());
}

TEST_P(Accepting, ResumesForEachConnectionThatComesLater) { complete(connect_one_by_one(50)); }

Task<void> close_listener_with_a_backlog() {
  Listener listener = must(listen(Endpoint::loopback(0)));
  std::vector<RawSocket> peers;
  for (int i = 0; i < 20; ++i) peers.push_back(RawSocket::connected_to(must(listener.local_endpoint())));
  const Socket first = must(co_await listener.accept());
  must(co_await listener.close());
}

TEST_P(Accepting, ConnectionsThatNobodyTookAreClosedWithTheListener) {
  complete(connect_one_by_one(1));
  const std::size_t before = open_descriptors();
  complete(close_listener_with_a_backlog());
  complete(some_yields(20));
  EXPECT_EQ(open_descriptors(), before);
}

/// Leaves only a few descriptors free for as long as it lives.
class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t free) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int lowest_free = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
    close(lowest_free);
    rlimit lowered = before_;
    lowered.rlim_cur = static_cast<rlim_t>(lowest_free) + free;
    setrlimit(RLIMIT_NOFILE, &lowered);
  }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;
  ~FewDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_;
};

std::uint64_t work_done(const Runtime& runtime) {
  const RuntimeMetrics metrics = runtime.metrics();
  return metrics.turns + metrics.system_calls + metrics.accept_rearms;
}

/// What the runtime does in a tenth of a second in which its listener has no descriptor to give.
Task<std::uint64_t> work_while_exhausted(Runtime& runtime) {
  co_await sleep_for(milliseconds(20));
  const std::uint64_t before = work_done(runtime);
  co_await sleep_for(milliseconds(100));
  co_return work_done(runtime) - before;
}

constexpr std::size_t peers_at_exhaustion = 24;

Task<std::uint64_t> exhaust(Runtime& runtime, bool free_by_closing) {
  Listener listener = must(listen(Endpoint::loopback(0)));
  std::vector<RawSocket> peers;
  for (std::size_t i = 0; i < peers_at_exhaustion; ++i) {
    peers.push_back(RawSocket::connected_to(must(listener.local_endpoint())));
  }
  RawSocket latecomer = RawSocket::unconnected();
  auto few = std::make_unique<FewDescriptors>(4);
  std::vector<Socket> accepted;
  JoinHandle<void> acceptor = spawn_here(accept_all(listener, accepted, peers_at_exhaustion + 1));
  const std::uint64_t work = co_await work_while_exhausted(runtime);
  EXPECT_FALSE(acceptor.finished());
  EXPECT_LE(accepted.size(), 4u);
  // News of one more connection, while the listener waits for descriptors.
  latecomer.connect_to(must(listener.local_endpoint()));
  co_await sleep_for(milliseconds(20));
  if (free_by_closing) {
    std::size_t closed = 0;
    while (!acceptor.finished()) {
      if (closed < accepted.size()) must(co_await accepted[closed++].close());
      co_await sleep_for(milliseconds(1));
    }
  }
  few.reset();
  EXPECT_TRUE((co_await acceptor).has_value());
  EXPECT_EQ(accepted.size(), peers_at_exhaustion + 1);
  co_return work;
}

TEST_P(Accepting, WithoutFreeDescriptorsNeitherSpinsNorDiesAndGoesOnWhenSocketsClose) {
  const std::uint64_t work = complete(exhaust(runtime(), true));
  // A loop that spins makes tens of thousands of turns in this time.
  EXPECT_TRUE(work < 500 || GetParam()->negative_control) << work;
}

TEST_P(Accepting, WithoutFreeDescriptorsGoesOnWhenTheyAreFreedElsewhere) { complete(exhaust(runtime(), false)); }

/// Connections of one server.
struct Guests {
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  std::atomic<int> served{0};
};

Task<void> entertain(Socket socket, Guests& guests) {
  const int inside = guests.inside.fetch_add(1) + 1;
  int most = guests.most.load();
  while (most < inside && !guests.most.compare_exchange_weak(most, inside)) {
  }
  const Task<void> echoing = echo(socket);
  co_await echoing;
  guests.served.fetch_add(1);
  guests.inside.fetch_sub(1);
}

Task<void> visit_until_it_is_full(Endpoint at, Guests& guests, int full) {
  Socket socket = must(co_await connect(at));
  must(co_await socket.send("x"));
  EXPECT_EQ(co_await read_bytes(socket, 1), "x");
  while (guests.most.load() < full) co_await sleep_for(microseconds(100));
  must(co_await socket.shutdown());
  EXPECT_EQ(co_await read_to_end(socket), "");
}

Task<void> visit_in_crowds(Guests& guests, int visitors, int full) {
  Listener listener = must(listen(Endpoint::loopback(0)));
  const Endpoint at = must(listener.local_endpoint());
  const ServeConnection serve = [&guests](Socket socket) { return entertain(std::move(socket), guests); };
  JoinHandle<Result<void>> server = spawn(accept_connections(std::move(listener), serve));
  std::vector<JoinHandle<void>> visits;
  for (int i = 0; i < visitors; ++i) visits.push_back(spawn(visit_until_it_is_full(at, guests, full)));
  for (JoinHandle<void>& visit : visits) (co_await visit).value();
  server.cancel();
  (void)co_await server;
}

TEST_P(Accepting, AtMaxConnectionsWaitsUntilOneHasEndedAndThenServesTheNext) {
  for (const char* dispatch : {"affinity", "round_robin"}) {
    RuntimeConfig config;
    config.max_connections = 2;
    remake(config, dispatch);
    Guests guests;
    complete(visit_in_crowds(guests, 9, 2));
    EXPECT_EQ(guests.most.load(), 2);
    EXPECT_EQ(guests.served.load(), 9);
  }
}

/// Whether a connection is served: one that was shed ends without an answer.
Task<bool> is_served(Socket& socket) {
  if (!(co_await socket.send("x")).has_value()) co_return false;
  const Result<Buffer> answer = co_await socket.receive();
  co_return answer.has_value() && answer->text() == "x";
}

Task<void> visit_one_too_many(Guests& guests) {
  Listener listener = must(listen(Endpoint::loopback(0)));
  const Endpoint at = must(listener.local_endpoint());
  const ServeConnection serve = [&guests](Socket socket) { return entertain(std::move(socket), guests); };
  JoinHandle<Result<void>> server = spawn(accept_connections(std::move(listener), serve));
  Socket first = must(co_await connect(at));
  EXPECT_TRUE(co_await is_served(first));
  for (int i = 0; i < 3; ++i) {
    Socket shed = must(co_await connect(at));
    EXPECT_FALSE(co_await is_served(shed));
  }
  EXPECT_TRUE(co_await is_served(first));
  must(co_await first.shutdown());
  EXPECT_EQ(co_await read_to_end(first), "");
  bool served = false;
  while (!served) {  // its place is free a moment after its stream has ended
    Socket later = must(co_await connect(at));
    served = co_await is_served(later);
  }
  server.cancel();
  (void)co_await server;
}

TEST_P(Accepting, BeyondMaxConnectionsShedsIfAskedTo) {
  RuntimeConfig config;
  config.max_connections = 1;
  config.shed_connections = true;
  remake(config);
  Guests guests;
  complete(visit_one_too_many(guests));
  EXPECT_EQ(guests.most.load(), 1);
}

}  // namespace
}  // namespace gauntlet::conformance
