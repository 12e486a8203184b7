#include "runtimes/io_uring/ring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "runtimes/io_uring/io_uring.hpp"

namespace gauntlet {
namespace {

using namespace std::chrono_literals;

class RingTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Ring::open();
    if (!opened) GTEST_SKIP() << opened.error();
    ring = std::move(*opened);
    ASSERT_EQ(ring->enable(), 0);
  }

  void queue_nop(std::uint64_t user_data) {
    io_uring_sqe& entry = ring->next_entry();
    io_uring_prep_nop(&entry);
    entry.user_data = user_data;
  }

  std::unique_ptr<Ring> ring;
};

std::vector<Completion> take_all(Ring& ring) {
  std::vector<Completion> all;
  ring.take_completions([&all](const Completion& one) { all.push_back(one); });
  return all;
}

/// Of the only completion that is there; 0 if there is none or another one.
std::uint64_t take_one(Ring& ring) {
  const std::vector<Completion> all = take_all(ring);
  return all.size() == 1 ? all.front().user_data : 0;
}

TEST_F(RingTest, OneEnterSubmitsWhatWasQueuedAndBringsItsCompletions) {
  for (std::uint64_t i = 1; i <= 5; ++i) queue_nop(i);
  EXPECT_EQ(ring->unsubmitted(), 5u);
  EXPECT_FALSE(ring->has_completions());
  ring->enter(1, std::nullopt);
  EXPECT_EQ(ring->unsubmitted(), 0u);
  const std::vector<Completion> all = take_all(*ring);
  ASSERT_EQ(all.size(), 5u);
  for (std::uint64_t i = 1; i <= 5; ++i) EXPECT_EQ(all[i - 1].user_data, i);
  EXPECT_TRUE(take_all(*ring).empty());
  EXPECT_EQ(ring->take_enters(), 1u);
  EXPECT_EQ(ring->take_enters(), 0u);
}

TEST_F(RingTest, AnEnterWithATimeoutReturnsWithoutACompletion) {
  const auto begin = std::chrono::steady_clock::now();
  ring->enter(1, 2ms);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 2ms);
  EXPECT_FALSE(ring->has_completions());
}

TEST_F(RingTest, CompletionsThatOverflowTheirQueueAreNotLost) {
  constexpr std::uint64_t count = Ring::completion_entries + 2 * Ring::submission_entries;
  for (std::uint64_t i = 0; i < count; ++i) queue_nop(i + 1);
  std::uint64_t sum = 0;
  std::uint64_t seen = 0;
  for (int enters = 0; seen < count && enters < 100; ++enters) {
    ring->enter(0, std::nullopt);
    for (const Completion& completion : take_all(*ring)) {
      sum += completion.user_data;
      ++seen;
    }
  }
  EXPECT_EQ(seen, count);
  EXPECT_EQ(sum, count * (count + 1) / 2);
}

TEST_F(RingTest, ARegisteredDescriptorEntersAsWell) {
  ring->register_descriptor();
  queue_nop(7);
  ring->enter(1, std::nullopt);
  EXPECT_EQ(take_one(*ring), 7u);
  ring->unregister_descriptor();
  queue_nop(8);
  ring->enter(1, std::nullopt);
  EXPECT_EQ(take_one(*ring), 8u);
}

TEST_F(RingTest, AMessageAppearsInTheOtherRingAloneAndWakesItsThread) {
  if (!ring->has_messages()) GTEST_SKIP() << "no messages between rings";
  auto other = std::move(*Ring::open());
  std::atomic<bool> is_enabled{false};
  std::uint64_t received = 0;
  std::thread thread([&] {
    ASSERT_EQ(other->enable(), 0);
    is_enabled = true;
    other->enter(1, std::nullopt);
    received = take_one(*other);
  });
  while (!is_enabled.load()) std::this_thread::yield();
  ring->queue_message(*other, 42, 43);
  ring->enter(0, std::nullopt);
  thread.join();
  EXPECT_EQ(received, 42u);
  EXPECT_FALSE(ring->has_completions());
}

TEST_F(RingTest, AMessageThatCannotBeDeliveredComesBack) {
  if (!ring->has_messages()) GTEST_SKIP() << "no messages between rings";
  const auto disabled = std::move(*Ring::open());
  ring->queue_message(*disabled, 42, 43);
  ring->enter(1, std::nullopt);
  const std::vector<Completion> returned = take_all(*ring);
  ASSERT_EQ(returned.size(), 1u);
  EXPECT_EQ(returned.front().user_data, 43u);
  EXPECT_LT(returned.front().result, 0);
}

TEST_F(RingTest, CompletionsOfWhatIsSubmittedWhileOthersAreTakenStayForTheNextTime) {
  queue_nop(1);
  ring->enter(1, std::nullopt);
  unsigned visits = 0;
  ring->take_completions([&](const Completion& one) {
    ++visits;
    EXPECT_EQ(one.user_data, 1u);
    queue_nop(2);
    ring->enter(1, std::nullopt);
  });
  EXPECT_EQ(visits, 1u);
  EXPECT_EQ(take_one(*ring), 2u);
}

/// Makes `count` requests one after the other and takes what they gave. Gives the enters that it took.
std::uint64_t enters_for_requests(Ring& ring, std::uint64_t count) {
  std::uint64_t sum = 0;
  std::uint64_t seen = 0;
  const auto take = [&] {
    for (const Completion& completion : take_all(ring)) {
      sum += completion.user_data;
      ++seen;
    }
  };
  for (std::uint64_t i = 1; i <= count; ++i) {
    io_uring_sqe& entry = ring.next_entry();
    io_uring_prep_nop(&entry);
    entry.user_data = i;
    ring.enter(0, std::nullopt);
    take();
  }
  take();
  while (seen < count) {
    ring.enter(1, std::nullopt);
    take();
  }
  EXPECT_EQ(sum, count * (count + 1) / 2);
  return ring.take_enters();
}

TEST(PollingRing, TakesRequestsWithoutASystemCallWhileItsThreadIsAwake) {
  auto opened = Ring::open({.polls = true});
  if (!opened) GTEST_SKIP() << opened.error();
  Ring& ring = **opened;
  ASSERT_EQ(ring.enable(), 0);
  ASSERT_TRUE(ring.polls());
  constexpr std::uint64_t count = 2 * Ring::submission_entries;  // more than fit the queue at once
  // Where others have the CPUs its thread hardly runs, and each request may find it asleep.
  std::uint64_t fewest = count;
  for (int i = 0; i < 20 && fewest >= count / 2; ++i) fewest = std::min(fewest, enters_for_requests(ring, count));
  EXPECT_LT(fewest, count / 2);
}

TEST(RingRefusal, NamesTheReasonAndTheRemedy) {
  EXPECT_THAT(setup_refusal(EINVAL), testing::HasSubstr("Linux 6.0"));
  EXPECT_THAT(setup_refusal(ENOMEM), testing::HasSubstr("ulimit -l"));
  EXPECT_THAT(setup_refusal(ENFILE), testing::HasSubstr("file-max"));
  EXPECT_THAT(setup_refusal(ENOSYS), testing::HasSubstr("lacks io_uring"));
  EXPECT_THAT(setup_refusal(EIO), testing::HasSubstr("io_uring_setup failed"));
}

/// In a child process: prints why there is no runtime.
[[noreturn]] void print_reason() {
  const auto made = make_io_uring(RuntimeConfig{});
  std::fputs(made.has_value() ? "a runtime was made" : made.error().reason.c_str(), stderr);
  std::_Exit(made.has_value() ? EXIT_SUCCESS : EXIT_FAILURE);
}

void forbid_io_uring() {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_io_uring_setup, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{4, program};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
    std::fputs("no seccomp here", stderr);
    std::_Exit(EXIT_FAILURE);
  }
}

[[noreturn]] void make_under_seccomp() {
  forbid_io_uring();
  print_reason();
}

[[noreturn]] void make_without_descriptors() {
  const rlimit none{3, 3};
  setrlimit(RLIMIT_NOFILE, &none);
  print_reason();
}

TEST(RingRefusal, BySeccompMakesTheRuntimeUnavailable) {
  EXPECT_EXIT(make_under_seccomp(), testing::ExitedWithCode(EXIT_FAILURE),
              "seccomp filter|io_uring_disabled|no seccomp here");
}

TEST(RingRefusal, ForWantOfDescriptorsMakesTheRuntimeUnavailable) {
  EXPECT_EXIT(make_without_descriptors(), testing::ExitedWithCode(EXIT_FAILURE), "ulimit -n|io_uring");
}

}  // namespace
}  // namespace gauntlet
