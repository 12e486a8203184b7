// Cancelling a task: it is dropped where it waits, its destructors run, and nothing it did not take is lost.
#include <random>
#include <thread>

#include "runtimes/conformance/support.hpp"

namespace gauntlet::conformance {
namespace {

class Cancellation : public RuntimeTest {
 protected:
  int destroyed = 0;
  int inner_destroyed = 0;
  int went_on = 0;
};
GAUNTLET_FOR_EVERY_RUNTIME(Cancellation);

Task<void> sleep_long(int& destroyed, int& went_on) {
  const Guard guard(destroyed);
  co_await sleep_for(std::chrono::hours(1));
  ++went_on;
}

Task<void> receive_one(Socket& socket, int& destroyed, int& went_on) {
  const Guard guard(destroyed);
  (void)co_await socket.receive();
  ++went_on;
}

Task<void> accept_one(Listener& listener, int& destroyed, int& went_on) {
  const Guard guard(destroyed);
  (void)co_await listener.accept();
  ++went_on;
}

Task<void> connect_to(Endpoint endpoint, int& destroyed, int& went_on) {
  const Guard guard(destroyed);
  (void)co_await connect(endpoint);
  ++went_on;
}

Task<void> send_much(Socket& socket, int& destroyed, int& went_on) {
  const Guard guard(destroyed);
  const std::string text(std::size_t{32} << 20, 'x');
  (void)co_await socket.send(text);
  ++went_on;
}

Task<void> nested(Task<void> inner, int& destroyed, int& went_on) {
  const Guard guard(destroyed);
  co_await inner;
  ++went_on;
}

Task<void> join_other(JoinHandle<void> other, int& destroyed, int& went_on) {
  const Guard guard(destroyed);
  (void)co_await other;
  ++went_on;
}

/// Cancels a task that waits, and joins it.
Task<void> cancel_waiting(JoinHandle<void> handle) {
  while (handle.state() != TaskState::waiting) co_await sleep_for(microseconds(50));
  EXPECT_FALSE(handle.finished());
  handle.cancel();
  const std::uint64_t id = handle.id();
  EXPECT_GT(id, 0u);
  const TaskResult<void> result = co_await handle;
  EXPECT_FALSE(result.has_value());
  if (!result.has_value()) {
    EXPECT_TRUE(result.error().cancelled());
    EXPECT_EQ(result.error().code(), make_error_code(Errc::cancelled));
  }
}

Task<void> cancel_sleeper(int& destroyed, int& went_on) {
  co_await cancel_waiting(spawn(sleep_long(destroyed, went_on)));
}

TEST_P(Cancellation, DropsATaskThatSleeps) {
  complete(cancel_sleeper(destroyed, went_on));
  EXPECT_EQ(destroyed, 1);
  EXPECT_EQ(went_on, 0);
  EXPECT_EQ(runtime().metrics().tasks_cancelled, 1u);
}

Task<void> cancel_nested(int& destroyed, int& went_on) {
  co_await cancel_waiting(
      spawn(nested(nested(sleep_long(destroyed, went_on), destroyed, went_on), destroyed, went_on)));
}

TEST_P(Cancellation, RunsTheDestructorsOfAWholeChainOfAwaitingTasks) {
  complete(cancel_nested(destroyed, went_on));
  EXPECT_EQ(destroyed, 3);
  EXPECT_EQ(went_on, 0);
}

Task<void> cancel_receiver(int& destroyed, int& went_on) {
  Pair pair = co_await connected_pair();
  co_await cancel_waiting(spawn(receive_one(pair.near, destroyed, went_on)));
  co_await send_text(pair.far, "still here");
  EXPECT_EQ(co_await read_bytes(pair.near, 10), "still here");
}

TEST_P(Cancellation, DropsATaskThatReceivesAndLeavesTheSocketUsable) {
  complete(cancel_receiver(destroyed, went_on));
  EXPECT_EQ(destroyed, 1);
  EXPECT_EQ(went_on, 0);
}

Task<void> cancel_acceptor(int& destroyed, int& went_on) {
  Listener listener = must(listen(Endpoint::loopback(0)));
  co_await cancel_waiting(spawn(accept_one(listener, destroyed, went_on)));
  const RawSocket peer = RawSocket::connected_to(must(listener.local_endpoint()));
  Socket accepted = must(co_await listener.accept());
  EXPECT_TRUE(accepted.is_open());
}

TEST_P(Cancellation, DropsATaskThatAcceptsAndLosesNoConnection) {
  complete(cancel_acceptor(destroyed, went_on));
  EXPECT_EQ(destroyed, 1);
  EXPECT_EQ(went_on, 0);
}

Task<void> cancel_connector(Endpoint full, int& destroyed, int& went_on) {
  co_await cancel_waiting(spawn(connect_to(full, destroyed, went_on)));
}

TEST_P(Cancellation, DropsATaskThatConnects) {
  const RawSocket listener = RawSocket::bound(0);
  std::vector<RawSocket> fillers;
  // A full backlog leaves later connections waiting for an answer.
  do {
    fillers.push_back(RawSocket::connecting_to(listener.local_endpoint()));
  } while (fillers.back().is_writable() && fillers.size() < 16);
  complete(cancel_connector(listener.local_endpoint(), destroyed, went_on));
  EXPECT_EQ(destroyed, 1);
  EXPECT_EQ(went_on, 0);
}

Task<void> cancel_sender(int& destroyed, int& went_on) {
  Pair pair = co_await connected_pair();
  co_await cancel_waiting(spawn(send_much(pair.near, destroyed, went_on)));
  EXPECT_EQ(errno_of(co_await pair.near.send("after the hole")), EPIPE);
}

TEST_P(Cancellation, OfASendDropsTheTaskAndPoisonsTheSocket) {
  complete(cancel_sender(destroyed, went_on));
  EXPECT_EQ(destroyed, 1);
  EXPECT_EQ(went_on, 0);
}

Task<std::size_t> cancel_send_and_count(Runtime& runtime, std::string& received) {
  Pair pair = co_await connected_pair();
  std::string text = pattern(std::size_t{32} << 20);
  const iovec piece{text.data(), text.size()};
  Probe<SendOp> send(runtime, pair.near.record(), std::span(&piece, 1));
  EXPECT_EQ(send.submit(), Submitted::pending);
  co_await sleep_for(milliseconds(10));
  send.cancel();
  co_await ended(send);
  EXPECT_EQ(send.op.result, -ECANCELED);
  must(co_await pair.near.close());
  received = co_await read_to_end(pair.far);
  EXPECT_EQ(received, text.substr(0, received.size()));
  co_return send.op.sent;
}

TEST_P(Cancellation, OfASendTellsHowManyBytesWereSent) {
  std::string received;
  const std::size_t sent = complete(cancel_send_and_count(runtime(), received));
  EXPECT_GT(sent, 0u);
  EXPECT_LT(sent, std::size_t{32} << 20);
  EXPECT_EQ(received.size(), sent);
}

Task<void> cancel_joiner(int& inner_destroyed, int& destroyed, int& went_on) {
  JoinHandle<void> inner = spawn(sleep_long(inner_destroyed, went_on));
  co_await some_yields(2);
  co_await cancel_waiting(spawn(join_other(std::move(inner), destroyed, went_on)));
  EXPECT_EQ(inner_destroyed, 0) << "cancelling a joiner must not cancel what it joins";
}

TEST_P(Cancellation, DropsATaskThatJoinsAndLeavesTheOtherAlone) {
  complete(cancel_joiner(inner_destroyed, destroyed, went_on));
  EXPECT_EQ(destroyed, 1);
  EXPECT_EQ(went_on, 0);
}

Task<void> cancel_unstarted(int& destroyed, int& went_on) {
  JoinHandle<void> handle = spawn(sleep_long(destroyed, went_on));
  handle.cancel();
  const TaskResult<void> result = co_await handle;
  EXPECT_FALSE(result.has_value());
  EXPECT_EQ(destroyed, 0) << "it never ran";
}

TEST_P(Cancellation, BeforeTheStartMeansThatNoCodeOfTheTaskRuns) {
  complete(cancel_unstarted(destroyed, went_on));
  EXPECT_EQ(went_on, 0);
}

Task<void> cancel_myself(JoinHandle<void>& self, int& destroyed, int& went_on) {
  const Guard guard(destroyed);
  self.cancel();
  ++went_on;
  co_await sleep_for(std::chrono::hours(1));
  ++went_on;
}

Task<int> cancel_myself_and_end(JoinHandle<int>& self) {
  self.cancel();
  co_return 7;
}

Task<void> self_cancellers(int& destroyed, int& went_on) {
  JoinHandle<void> handle;
  handle = spawn(cancel_myself(handle, destroyed, went_on));
  while (!handle.finished()) co_await yield();
  EXPECT_EQ(handle.state(), TaskState::cancelled);
  EXPECT_FALSE(handle.take().has_value());
  JoinHandle<int> ends;
  ends = spawn(cancel_myself_and_end(ends));
  while (!ends.finished()) co_await yield();
  EXPECT_EQ(ends.take().value_or(0), 7) << "a task that ends first keeps its result";
}

TEST_P(Cancellation, OfItselfDropsATaskWhereItSuspendsNext) {
  complete(self_cancellers(destroyed, went_on));
  EXPECT_EQ(destroyed, 1);
  EXPECT_EQ(went_on, 1);
}

Task<void> wait_cancelled(JoinHandle<void>& handle) {
  const TaskResult<void> result = co_await handle;
  EXPECT_FALSE(result.has_value());
}

TEST_P(Cancellation, FromAForeignThreadReachesABlockedWorker) {
  JoinHandle<void> sleeper = spawn_on(runtime(), 0, sleep_long(destroyed, went_on));
  std::thread foreign([&sleeper] {
    while (sleeper.state() != TaskState::waiting) std::this_thread::sleep_for(microseconds(100));
    sleeper.cancel();
  });
  while (!sleeper.finished()) {
    runtime().poll_once();
    std::this_thread::yield();
  }
  foreign.join();
  complete(wait_cancelled(sleeper));
  EXPECT_EQ(destroyed, 1);
}

Task<std::string> receive_text(Socket& socket) {
  const Buffer buffer = must(co_await socket.receive());
  co_return std::string(buffer.text());
}

/// A receive, a send to it and a cancellation in an order drawn from the seed: the bytes arrive in the task, or stay.
Task<void> race_receive(unsigned seed, Pair& pair) {
  std::mt19937 random(seed);
  JoinHandle<std::string> receiver = spawn(receive_text(pair.near));
  co_await some_yields(static_cast<int>(random() % 3));
  if (random() % 2 == 0) {
    co_await send_text(pair.far, "race");
    co_await some_yields(static_cast<int>(random() % 4));
    receiver.cancel();
  } else {
    receiver.cancel();
    co_await some_yields(static_cast<int>(random() % 2));
    co_await send_text(pair.far, "race");
  }
  TaskResult<std::string> result = co_await receiver;
  std::string bytes = result.has_value() ? *result : std::string();
  // A task dropped with bytes already taken loses those: what was completed into its frame is gone with it.
  if (!result.has_value() && bytes.empty()) {
    co_await send_text(pair.far, "!");
    bytes = co_await read_bytes(pair.near, 1);
    if (bytes.back() != '!') bytes += co_await read_bytes(pair.near, 1);
    EXPECT_TRUE(bytes == "race!" || bytes == "!") << "seed " << seed << ": " << bytes;
  } else {
    EXPECT_EQ(bytes, "race") << "seed " << seed;
  }
}

Task<void> race_receives(int seeds) {
  Pair pair = co_await connected_pair();
  for (int seed = 0; seed < seeds; ++seed) co_await race_receive(static_cast<unsigned>(seed), pair);
}

TEST_P(Cancellation, RacingAReceiveTakesAllTheBytesOrNone) { complete(race_receives(400)); }

/// By hand, so that the frame survives: whatever the race, result and inbox together hold all that was sent.
Task<void> race_receive_op(unsigned seed, Runtime& runtime, Pair& pair) {
  std::mt19937 random(seed);
  Probe<ReceiveOp> receive(runtime, pair.near.record());
  bool cancelled = false;
  if (receive.submit() == Submitted::pending) {
    co_await some_yields(static_cast<int>(random() % 3));
    if (random() % 2 == 0) co_await send_text(pair.far, "race");
    co_await some_yields(static_cast<int>(random() % 3));
    if (!receive.ended()) {
      receive.cancel();
      cancelled = true;
    }
  }
  co_await send_text(pair.far, "+end");
  co_await ended(receive);
  if (receive.op.result < 0) {
    EXPECT_TRUE(cancelled);
    EXPECT_EQ(receive.op.result, -ECANCELED);
  }
  std::string all(receive.op.buffer.text());
  while (!all.ends_with("+end")) all += co_await read_bytes(pair.near, 1);
  EXPECT_TRUE(all == "race+end" || all == "+end") << "seed " << seed << ": " << all;
}

Task<void> race_receive_ops(int seeds, Runtime& runtime) {
  Pair pair = co_await connected_pair();
  for (int seed = 0; seed < seeds; ++seed) co_await race_receive_op(static_cast<unsigned>(seed), runtime, pair);
}

TEST_P(Cancellation, OfAReceiveLosesNoData) { complete(race_receive_ops(400, runtime())); }

Task<void> sleep_briefly(std::chrono::nanoseconds duration, int& ended) {
  const Guard guard(ended);
  co_await sleep_for(duration);
}

Task<void> race_timers(int seeds, int& ended) {
  std::mt19937 random(7);
  for (int seed = 0; seed < seeds; ++seed) {
    JoinHandle<void> sleeper = spawn(sleep_briefly(microseconds(random() % 60), ended));
    co_await sleep_for(microseconds(random() % 60));
    sleeper.cancel();
    (void)co_await sleeper;
  }
}

TEST_P(Cancellation, RacingATimerEndsEachTaskOnce) {
  complete(race_timers(400, destroyed));
  EXPECT_LE(destroyed, 400);
  const RuntimeMetrics metrics = runtime().metrics();
  EXPECT_EQ(metrics.tasks_finished, metrics.tasks_started);
}

TEST_P(Cancellation, FromAForeignThreadRacingTheEndIsHarmless) {
  for (int seed = 0; seed < 200; ++seed) {
    JoinHandle<void> sleeper = spawn_on(runtime(), 0, sleep_briefly(microseconds(seed % 50), destroyed));
    std::thread foreign([&sleeper, seed] {
      std::this_thread::sleep_for(microseconds(seed % 40));
      sleeper.cancel();
    });
    while (!sleeper.finished()) runtime().poll_once();
    foreign.join();
    (void)sleeper.take();
  }
  // The last requests are still on their way to tasks that have ended.
  for (int i = 0; i < 10; ++i) runtime().poll_once();
  EXPECT_LE(destroyed, 200);
}

}  // namespace
}  // namespace gauntlet::conformance
