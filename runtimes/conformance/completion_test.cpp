// Every operation completes exactly once, and nobody is resumed inside a call into the runtime.
#include <array>

#include "runtimes/conformance/support.hpp"

namespace gauntlet::conformance {
namespace {

class Completion : public RuntimeTest {};
GAUNTLET_FOR_EVERY_RUNTIME(Completion);

Task<void> timers_complete_once(Runtime& runtime) {
  Probe<TimerOp> future(runtime, Clock::now() + milliseconds(2));
  Probe<TimerOp> past(runtime, Clock::now() - milliseconds(2));
  future.submit();
  past.submit();
  co_await ended(past);
  co_await ended(future);
  EXPECT_EQ(past.op.result, 0);
  EXPECT_EQ(future.op.result, 0);
}

TEST_P(Completion, OfATimerComesOnceAndNotInsideSubmit) { complete(timers_complete_once(runtime())); }

Task<void> connections_complete_once(Runtime& runtime) {
  Listener listener = must(listen(Endpoint::loopback(0)));
  Probe<AcceptOp> accept(runtime, listener.record());
  accept.submit();
  Probe<ConnectOp> connect(runtime, must(listener.local_endpoint()));
  connect.submit();
  co_await ended(accept);
  co_await ended(connect);
  EXPECT_GE(accept.op.result, 0);
  EXPECT_GE(connect.op.result, 0);
  Probe<CloseOp> close_accepted(runtime, *accept.op.accepted);
  Probe<CloseOp> close_connected(runtime, *connect.op.connected);
  close_accepted.submit();
  close_connected.submit();
  co_await ended(close_accepted);
  co_await ended(close_connected);
  EXPECT_GE(close_accepted.op.result, 0);
}

TEST_P(Completion, OfAcceptConnectAndCloseComesOnceAndNotInsideSubmit) {
  complete(connections_complete_once(runtime()));
}

Task<void> transfers_complete_once(Runtime& runtime) {
  Pair pair = co_await connected_pair();
  Probe<ReceiveOp> waiting(runtime, pair.near.record());
  EXPECT_EQ(waiting.submit(), Submitted::pending) << "nothing was sent yet";
  char text[] = "hello";
  const std::array<iovec, 1> pieces{iovec{text, 5}};
  Probe<SendOp> send(runtime, pair.far.record(), std::span<const iovec>(pieces));
  send.submit();
  co_await ended(send);
  co_await ended(waiting);
  EXPECT_EQ(send.op.result, 5);
  EXPECT_EQ(send.op.sent, 5u);
  EXPECT_EQ(waiting.op.result, 5);
  EXPECT_EQ(waiting.op.buffer.text(), "hello");

  Probe<ShutdownOp> shutdown(runtime, pair.far.record());
  shutdown.submit();
  co_await ended(shutdown);
  EXPECT_GE(shutdown.op.result, 0);
  Probe<ReceiveOp> last(runtime, pair.near.record());
  last.submit();
  co_await ended(last);
  EXPECT_EQ(last.op.result, 0);
}

TEST_P(Completion, OfReceiveSendAndShutdownComesOnceAndNotInsideSubmit) {
  complete(transfers_complete_once(runtime()));
}

Task<void> own_memory_completes_once(Runtime& runtime) {
  Pair pair = co_await connected_pair();
  std::array<std::byte, 16> memory{};
  Probe<ReceiveIntoOp> receive(runtime, pair.near.record(), std::span<std::byte>(memory));
  receive.submit();
  co_await send_text(pair.far, "abc");
  co_await ended(receive);
  EXPECT_EQ(receive.op.result, 3);
  EXPECT_EQ(std::string(reinterpret_cast<char*>(memory.data()), 3), "abc");
}

TEST_P(Completion, OfAReceiveIntoOwnMemoryComesOnceAndNotInsideSubmit) {
  complete(own_memory_completes_once(runtime()));
}

Task<void> cancelled_ops_complete_once(Runtime& runtime) {
  Pair pair = co_await connected_pair();
  Listener listener = must(listen(Endpoint::loopback(0)));
  Probe<TimerOp> timer(runtime, Clock::now() + std::chrono::hours(1));
  Probe<AcceptOp> accept(runtime, listener.record());
  Probe<ReceiveOp> receive(runtime, pair.near.record());
  std::array<std::byte, 16> memory{};
  Probe<ReceiveIntoOp> into(runtime, pair.far.record(), std::span<std::byte>(memory));
  timer.submit();
  accept.submit();
  receive.submit();
  into.submit();
  co_await some_yields(3);
  timer.cancel();
  accept.cancel();
  receive.cancel();
  into.cancel();
  timer.cancel();
  co_await ended(timer);
  co_await ended(accept);
  co_await ended(receive);
  co_await ended(into);
  EXPECT_EQ(timer.op.result, -ECANCELED);
  EXPECT_EQ(accept.op.result, -ECANCELED);
  EXPECT_EQ(receive.op.result, -ECANCELED);
  EXPECT_EQ(into.op.result, -ECANCELED);
}

TEST_P(Completion, OfACancelledOperationComesOnceAndNotInsideCancel) {
  complete(cancelled_ops_complete_once(runtime()));
}

Task<int> answers_in_one_resumption(Runtime& runtime, std::size_t available) {
  Pair pair = co_await connected_pair();
  co_await send_text(pair.far, pattern(available));
  co_await sleep_for(milliseconds(5));
  int done = 0;
  while (true) {
    Probe<ReceiveOp> receive(runtime, pair.near.record());
    const Submitted answer = receive.submit();
    if (answer == Submitted::done) {
      EXPECT_GT(receive.op.result, 0);
      ++done;
      continue;
    }
    co_await ended(receive);
    break;
  }
  co_return done;
}

TEST_P(Completion, IsAnsweredAtOnceAtMostTurnBudgetTimesPerResumption) {
  RuntimeConfig config;
  config.turn_budget = 4;
  config.buffer_bytes = 256;
  remake(config);
  EXPECT_LE(complete(answers_in_one_resumption(runtime(), 64 * 256)), 4);
}

Task<void> read_greedily(Socket& socket, int receives, bool& stop) {
  for (int i = 0; i < receives; ++i) {
    const Buffer buffer = must(co_await socket.receive());
    if (buffer.empty()) break;
  }
  stop = true;
}

Task<void> count_turns(int& turns, const bool& stop) {
  while (!stop) {
    ++turns;
    co_await yield();
  }
}

Task<void> greedy_reader_beside_another_task(int receives, int& turns) {
  Pair pair = co_await connected_pair();
  co_await send_text(pair.far, pattern(static_cast<std::size_t>(receives) * 64));
  co_await sleep_for(milliseconds(5));
  bool stop = false;
  JoinHandle<void> other = spawn_here(count_turns(turns, stop));
  JoinHandle<void> reader = spawn_here(read_greedily(pair.near, receives, stop));
  (void)co_await reader;
  stop = true;
  (void)co_await other;
}

TEST_P(Completion, OfAnEndlessStreamDoesNotStarveAnotherTask) {
  RuntimeConfig config;
  config.turn_budget = 8;
  config.buffer_bytes = 64;
  remake(config);
  constexpr int receives = 2000;
  int turns = 0;
  complete(greedy_reader_beside_another_task(receives, turns));
  EXPECT_GE(turns, receives / 8 / 2);
}

struct CountingJob final : Job {
  CountingJob() : Job(&count) {}
  static void count(Job& job) noexcept { ++static_cast<CountingJob&>(job).runs; }
  int runs = 0;
};

Task<void> schedule_from_a_task(Runtime& runtime, CountingJob& job) {
  job.worker = this_worker()->index;
  runtime.schedule(job);
  EXPECT_EQ(job.runs, 0) << "ran inside schedule";
  co_await some_yields(20);
}

TEST_P(Completion, OfAScheduledJobIsOneRunAndNotInsideSchedule) {
  CountingJob job;
  complete(schedule_from_a_task(runtime(), job));
  EXPECT_EQ(job.runs, 1);
}

}  // namespace
}  // namespace gauntlet::conformance
