// Waiting for descriptors that the runtime does not own.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <random>
#include <thread>

#include "runtimes/conformance/support.hpp"
#include "runtimes/task/poll_fd.hpp"

namespace gauntlet::conformance {
namespace {

class Poll : public RuntimeTest {
 protected:
  int destroyed = 0;
};
GAUNTLET_FOR_EVERY_RUNTIME(Poll);

/// Two descriptors of this process that are connected; closed at the end.
class Ends {
 public:
  enum class Kind : std::uint8_t { pipe, socket_pair };
  explicit Ends(Kind kind = Kind::pipe) {
    const int failed = kind == Kind::pipe
                           ? ::pipe2(fds_.data(), O_CLOEXEC | O_NONBLOCK)
                           : ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds_.data());
    if (failed != 0) throw std::system_error(errno, std::generic_category());
  }
  Ends(const Ends&) = delete;
  Ends& operator=(const Ends&) = delete;
  ~Ends() {
    ::close(fds_[0]);
    close_writer();
  }
  int reader() const { return fds_[0]; }
  int writer() const { return fds_[1]; }
  void put() const { ASSERT_EQ(::write(writer(), "x", 1), 1); }
  void take() const {
    char byte = 0;
    ASSERT_EQ(::read(reader(), &byte, 1), 1);
  }
  void fill() const {
    const std::string block(4096, 'x');
    while (::write(writer(), block.data(), block.size()) > 0) {
    }
  }
  void drain() const {
    std::array<char, 4096> block;
    while (::read(reader(), block.data(), block.size()) > 0) {
    }
  }
  void close_writer() {
    if (fds_[1] >= 0) ::close(std::exchange(fds_[1], -1));
  }

 private:
  std::array<int, 2> fds_{-1, -1};
};

Task<PollFor> ready_for(int fd, PollFor what) { co_return must(co_await poll_fd(fd, what)); }

Task<void> wait_until_readable(int fd, int& destroyed) {
  const Guard guard(destroyed);
  (void)co_await poll_fd(fd, PollFor::read);
}

template <typename T>
Task<void> until_waiting(JoinHandle<T>& handle) {
  while (handle.state() != TaskState::waiting) co_await sleep_for(microseconds(50));
}

TEST_P(Poll, OfAPipeThatHasBytesEndsAtOnce) {
  const Ends ends;
  ends.put();
  EXPECT_EQ(complete(ready_for(ends.reader(), PollFor::read)), PollFor::read);
}

Task<void> put_later(const Ends& ends) {
  JoinHandle<PollFor> waiting = spawn(ready_for(ends.reader(), PollFor::read));
  co_await until_waiting(waiting);
  co_await some_yields(10);
  EXPECT_FALSE(waiting.finished());
  ends.put();
  EXPECT_EQ((co_await waiting).value(), PollFor::read);
}

TEST_P(Poll, WaitsUntilThereIsSomethingToRead) {
  const Ends ends;
  complete(put_later(ends));
}

Task<void> drain_later(const Ends& ends) {
  JoinHandle<PollFor> waiting = spawn(ready_for(ends.writer(), PollFor::write));
  co_await until_waiting(waiting);
  ends.drain();
  EXPECT_EQ((co_await waiting).value(), PollFor::write);
}

TEST_P(Poll, WaitsUntilThereIsRoomToWrite) {
  const Ends ends;
  ends.fill();
  complete(drain_later(ends));
}

TEST_P(Poll, ForEitherTellsWhichItIs) {
  const Ends ends(Ends::Kind::socket_pair);
  EXPECT_EQ(complete(ready_for(ends.reader(), PollFor::either)), PollFor::write);
  ends.fill();
  const PollFor both = complete(ready_for(ends.reader(), PollFor::either));
  // Whichever was seen first; what is reported is so.
  EXPECT_NE(static_cast<int>(both) & static_cast<int>(PollFor::either), 0);
}

TEST_P(Poll, AHangUpIsReadyForWhatWasAsked) {
  Ends ends;
  ends.close_writer();
  EXPECT_EQ(complete(ready_for(ends.reader(), PollFor::read)), PollFor::read);
}

TEST_P(Poll, ARegularFileIsAlwaysReady) {
  const int fd = ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  EXPECT_EQ(complete(ready_for(fd, PollFor::read)), PollFor::read);
  ::close(fd);
}

Task<int> errno_of_poll(int fd) { co_return errno_of(co_await poll_fd(fd, PollFor::read)); }

TEST_P(Poll, OfWhatIsNoDescriptorFails) { EXPECT_EQ(complete(errno_of_poll(1 << 20)), EBADF); }

Task<void> cancel_and_poll_again(const Ends& ends, int& destroyed) {
  for (int i = 0; i < 3; ++i) {
    JoinHandle<void> waiting = spawn(wait_until_readable(ends.reader(), destroyed));
    co_await until_waiting(waiting);
    waiting.cancel();
    EXPECT_FALSE((co_await waiting).has_value());
  }
  ends.put();
  EXPECT_EQ(co_await ready_for(ends.reader(), PollFor::read), PollFor::read);
  ends.take();
}

TEST_P(Poll, IsDroppedWithItsTaskAndTheDescriptorMayBePolledAgain) {
  const Ends ends;
  complete(cancel_and_poll_again(ends, destroyed));
  EXPECT_EQ(destroyed, 3);
}

Task<void> play(const Ends& mine, const Ends& theirs, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    (void)must(co_await poll_fd(mine.reader(), PollFor::read));
    mine.take();
    theirs.put();
  }
}

Task<void> play_both(const Ends& one, const Ends& other, int rounds) {
  JoinHandle<void> there = spawn(play(other, one, rounds));
  one.put();
  co_await play(one, other, rounds);
  (void)co_await there;
}

TEST_P(Poll, ServesTwoTasksThatTakeTurns) {
  const Ends one;
  const Ends other;
  complete(play_both(one, other, 300));
}

Task<void> race(const Ends& ends, int seeds, int& destroyed) {
  std::mt19937 random(11);
  for (int seed = 0; seed < seeds; ++seed) {
    JoinHandle<void> waiting = spawn(wait_until_readable(ends.reader(), destroyed));
    co_await some_yields(static_cast<int>(random() % 4));
    const bool cancel_first = (random() & 1) != 0;
    if (cancel_first) waiting.cancel();
    ends.put();
    co_await some_yields(static_cast<int>(random() % 3));
    waiting.cancel();
    (void)co_await waiting;
    ends.take();
  }
}

TEST_P(Poll, RacingItsCancellationEndsEachTaskOnce) {
  const Ends ends;
  complete(race(ends, 400, destroyed));
  EXPECT_LE(destroyed, 400);
  const RuntimeMetrics metrics = runtime().metrics();
  EXPECT_EQ(metrics.tasks_finished, metrics.tasks_started);
}

Task<void> start_waiting(const Ends& ends, JoinHandle<PollFor>& waiting) {
  waiting = spawn(ready_for(ends.reader(), PollFor::read));
  co_await until_waiting(waiting);
}

Task<PollFor> join(JoinHandle<PollFor>& waiting) { co_return (co_await waiting).value(); }

TEST_P(Poll, OutlivesTheEndOfARun) {
  const Ends ends;
  JoinHandle<PollFor> waiting;
  complete(start_waiting(ends, waiting));
  std::thread foreign([&ends] { ends.put(); });
  EXPECT_EQ(complete(join(waiting)), PollFor::read);
  foreign.join();
}

TEST_P(Poll, IsDroppedWithTheRuntimeAndTheDescriptorStaysOpen) {
  const Ends ends;
  JoinHandle<void> waiting = spawn_on(runtime(), 0, wait_until_readable(ends.reader(), destroyed));
  while (waiting.state() != TaskState::waiting) runtime().poll_once();
  destroy_runtime();
  EXPECT_EQ(destroyed, 1);
  EXPECT_NE(::fcntl(ends.reader(), F_GETFD), -1);
}

}  // namespace
}  // namespace gauntlet::conformance
