// Signals of the process, taken by tasks.
#include <unistd.h>

#include <csignal>
#include <thread>

#include "runtimes/conformance/support.hpp"
#include "runtimes/task/signals.hpp"

namespace gauntlet::conformance {
namespace {

class TakenSignals : public RuntimeTest {};
GAUNTLET_FOR_EVERY_RUNTIME(TakenSignals);

Task<int> next_of(Signals& signals) { co_return must(co_await signals.next()); }

Task<void> take_one(Signals& signals) {
  JoinHandle<int> waiting = spawn(next_of(signals));
  while (waiting.state() != TaskState::waiting) co_await sleep_for(microseconds(50));
  ::kill(::getpid(), SIGUSR1);
  EXPECT_EQ((co_await waiting).value(), SIGUSR1);
}

TEST_P(TakenSignals, ReachATaskThatWaits) {
  Signals signals = must(Signals::open({SIGUSR1}));
  complete(take_one(signals));
}

TEST_P(TakenSignals, WaitInTheirOrderUntilTheyAreTaken) {
  Signals signals = must(Signals::open({SIGUSR1, SIGUSR2}));
  std::raise(SIGUSR2);
  std::thread([] { std::raise(SIGUSR1); }).join();
  EXPECT_EQ(complete(next_of(signals)), SIGUSR2);
  EXPECT_EQ(complete(next_of(signals)), SIGUSR1);
}

TEST_P(TakenSignals, HaveTheirFormerEffectAgainAfterwards) {
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  struct sigaction before {};
  sigaction(SIGUSR1, &ignore, &before);
  {
    Signals signals = must(Signals::open({SIGUSR1}));
    std::raise(SIGUSR1);  // and nobody takes it
  }
  std::raise(SIGUSR1);
  {
    Signals signals = must(Signals::open({SIGUSR1}));
    std::raise(SIGUSR1);
    EXPECT_EQ(complete(next_of(signals)), SIGUSR1);
  }
  struct sigaction now {};
  sigaction(SIGUSR1, &before, &now);
  EXPECT_EQ(now.sa_handler, SIG_IGN);
}

TEST_P(TakenSignals, BelongToOneTakerAtATime) {
  const Signals first = must(Signals::open({SIGUSR1}));
  EXPECT_EQ(errno_of(Signals::open({SIGUSR2, SIGUSR1})), EBUSY);
  const Signals other = must(Signals::open({SIGUSR2}));
  EXPECT_EQ(errno_of(Signals::open({SIGKILL})), EINVAL);
}

}  // namespace
}  // namespace gauntlet::conformance
