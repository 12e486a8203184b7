#include "harness/measure/process_sample.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>
#include <vector>

namespace gauntlet {
namespace {

void burn_thread_cpu(std::int64_t wanted_ns) {
  const std::int64_t start_ns = own_thread_cpu_ns();
  while (own_thread_cpu_ns() - start_ns < wanted_ns) {
  }
}

// A child that does `work` and then waits to be killed.
class Child {
 public:
  template <typename Work>
  explicit Child(Work work) {
    int ready[2];
    EXPECT_EQ(pipe(ready), 0);
    pid_ = fork();
    if (pid_ == 0) {
      work();
      (void)!write(ready[1], "x", 1);
      pause();
      _exit(0);
    }
    char byte = 0;
    EXPECT_EQ(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
  }
  ~Child() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

TEST(ProcessSample, SeesTheCpuTimeThatAnotherProcessUsed) {
  const Child idle([] {});
  const Child busy([] { burn_thread_cpu(20'000'000); });
  const auto idle_sample = sample_process(idle.pid());
  const auto busy_sample = sample_process(busy.pid());
  ASSERT_TRUE(idle_sample && busy_sample);
  EXPECT_GE(busy_sample->cpu_ns, 20'000'000);
  EXPECT_LT(idle_sample->cpu_ns, busy_sample->cpu_ns);
}

TEST(ProcessSample, CountsTheThreadsThatAreNotTheMainThread) {
  const auto before = sample_process(getpid());
  std::int64_t spent_ns = 0;
  std::thread([&spent_ns] {
    burn_thread_cpu(10'000'000);
    spent_ns = own_thread_cpu_ns();
  }).join();
  const auto after = sample_process(getpid());
  ASSERT_TRUE(before && after);
  EXPECT_GE(after->cpu_ns - before->cpu_ns, spent_ns);
  EXPECT_GE(own_process_cpu_ns(), after->cpu_ns);
}

TEST(ProcessSample, CountsEverySleepAsAVoluntarySwitch) {
  const auto before = sample_process(getpid());
  for (int i = 0; i < 20; ++i) std::this_thread::sleep_for(std::chrono::microseconds(100));
  const auto after = sample_process(getpid());
  ASSERT_TRUE(before && after);
  EXPECT_GE(consumption_between(*before, *after).voluntary_switches, 20u);
}

TEST(ProcessSample, CountsPageFaults) {
  constexpr std::size_t pages = 200, page_bytes = 4096;
  const auto before = sample_process(getpid());
  const std::vector<char> touched(pages * page_bytes, 'x');
  const auto after = sample_process(getpid());
  ASSERT_TRUE(before && after);
  EXPECT_EQ(touched.back(), 'x');
  EXPECT_GE(consumption_between(*before, *after).page_faults, pages / 2);
}

TEST(Consumption, HasNoMigrationsWhereTheKernelDoesNotTell) {
  EXPECT_FALSE(consumption_between(ProcessSample{}, ProcessSample{}).migrations);
}

TEST(ProcessSample, PeakMemoryIsKnownAndNeverBelowPresentMemory) {
  const auto sample = sample_process(getpid());
  ASSERT_TRUE(sample);
  EXPECT_GT(sample->rss_bytes, 0u);
  EXPECT_GE(sample->rss_peak_bytes, sample->rss_bytes);
}

TEST(ProcessSample, AProcessThatIsNotThereIsNamed) {
  const pid_t pid = fork();
  if (pid == 0) _exit(0);
  waitpid(pid, nullptr, 0);
  const auto sample = sample_process(pid);
  ASSERT_FALSE(sample);
  EXPECT_NE(sample.error().find(std::to_string(pid)), std::string::npos);
}

TEST(Consumption, IsTheDifferenceOfTwoSamples) {
  const ProcessSample before{.taken_ns = 1'000'000'000,
                             .cpu_ns = 500,
                             .voluntary_switches = 10,
                             .involuntary_switches = 5,
                             .rss_bytes = 1,
                             .rss_peak_bytes = 2,
                             .page_faults = 40,
                             .migrations = 3};
  const ProcessSample after{.taken_ns = 3'500'000'000,
                            .cpu_ns = 250'000'500,
                            .voluntary_switches = 30,
                            .involuntary_switches = 4,
                            .rss_bytes = 7,
                            .rss_peak_bytes = 9,
                            .page_faults = 50,
                            .migrations = 5};
  const Consumption consumed = consumption_between(before, after);
  EXPECT_DOUBLE_EQ(consumed.window_s, 2.5);
  EXPECT_DOUBLE_EQ(consumed.cpu_s, 0.25);
  EXPECT_EQ(consumed.voluntary_switches, 20u);
  EXPECT_EQ(consumed.involuntary_switches, 0u) << "a thread that ended takes its count with it";
  EXPECT_EQ(consumed.rss_bytes, 7u);
  EXPECT_EQ(consumed.rss_peak_bytes, 9u);
  EXPECT_EQ(consumed.page_faults, 10u);
  EXPECT_EQ(consumed.migrations, 2.0);
}

}  // namespace
}  // namespace gauntlet
