#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <csignal>

#include "harness/subject/child_process.hpp"
#include "harness/subject/cpu_placement.hpp"
#include "harness/subject/disturbance.hpp"
#include "harness/subject/pump.hpp"
#include "harness/subject/text_tail.hpp"

namespace gauntlet {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

TEST(CpuPlacement, GivesTheLastCpuToTheGeneratorAndTheOthersToTheSubject) {
  const auto placement = place({2, 3, 7});
  EXPECT_THAT(placement.subject, ElementsAre(2, 3));
  EXPECT_THAT(placement.generator, ElementsAre(7));
  EXPECT_FALSE(placement.shared);
}

TEST(CpuPlacement, SharesTheOnlyCpu) {
  const auto placement = place({4});
  EXPECT_THAT(placement.subject, ElementsAre(4));
  EXPECT_THAT(placement.generator, ElementsAre(4));
  EXPECT_TRUE(placement.shared);
}

TEST(CpuPlacement, SharesTheGeneratorsCpuWhenAskedTo) {
  const auto placement = with_shared_cpus(place({2, 3, 7}));
  EXPECT_THAT(placement.subject, ElementsAre(2, 3, 7));
  EXPECT_THAT(placement.generator, ElementsAre(7));
  EXPECT_TRUE(placement.shared);
  EXPECT_THAT(with_shared_cpus(place({4})).subject, ElementsAre(4)) << "it has the only one already";
}

TEST(CpuPlacement, GivesEveryCpuToASubjectThatNobodyOffersLoad) {
  EXPECT_THAT(without_generator(place({2, 3, 7})).subject, ElementsAre(2, 3, 7));
  const auto alone = without_generator(place({4}));
  EXPECT_THAT(alone.subject, ElementsAre(4));
  EXPECT_FALSE(alone.shared);
}

MachineSample machine_at(double seconds, double busy_s) {
  return {.taken_ns = static_cast<std::int64_t>(seconds * 1e9), .busy_s = busy_s, .steal_s = 0, .cpus = 2};
}

TEST(Disturbance, IsForeignCpuAboveTheLimit) {
  const auto warning = judge_disturbance(machine_at(0, 0), machine_at(1, 1.3), 1.0);
  ASSERT_TRUE(warning);
  EXPECT_EQ(warning->code, "disturbed");
  EXPECT_EQ(warning->severity, Warning::Severity::note);
}

TEST(Disturbance, IsNotOurOwnWorkNorAShortWindow) {
  EXPECT_FALSE(judge_disturbance(machine_at(0, 0), machine_at(1, 1.3), 1.25));
  EXPECT_FALSE(judge_disturbance(machine_at(0, 0), machine_at(0.2, 0.4), 0));
}

TEST(TextTail, KeepsTheEndAndMarksTheCut) {
  TextTail tail;
  tail.append("all of it");
  EXPECT_EQ(tail.text(), "all of it");
  tail.append(std::string(TextTail::kLimit, 'x'));
  EXPECT_EQ(tail.text(), "..." + std::string(TextTail::kLimit, 'x'));
}

ChildProcess shell(const std::string& script) {
  auto child = ChildProcess::start({.program = "/bin/sh", .arguments = {"-c", script}, .cpus = {}});
  EXPECT_TRUE(child) << child.error();
  return std::move(*child);
}

TEST(ChildProcess, TakesInputAndGivesOutput) {
  auto child = shell("read word; echo \"got $word\"");
  Pump pump;
  std::string output;
  pump.read(child.output_fd(), [&output](std::string_view text) { output += text; });
  ASSERT_TRUE(child.write_input("this\n"));
  EXPECT_TRUE(pump.wait(Pump::Clock::now() + 10s, [&output] { return output == "got this\n"; })) << output;
  EXPECT_TRUE(child.reap().clean());
}

TEST(ChildProcess, WritingToOneThatIsGoneIsNoCrash) {
  auto child = shell("exit 3");
  EXPECT_EQ(describe(child.reap()), "exited with code 3");
  EXPECT_FALSE(child.write_input("anybody there?"));
}

TEST(ChildProcess, IsKilledWithTheChildrenOfItsOwnWhenItsOwnerGoes) {
  pid_t grandchild = 0;
  {
    auto child = shell("sleep 1000 & echo $!; wait");
    Pump pump;
    std::string output;
    pump.read(child.output_fd(), [&output](std::string_view text) { output += text; });
    ASSERT_TRUE(pump.wait(Pump::Clock::now() + 10s, [&output] { return output.ends_with('\n'); }));
    grandchild = std::stoi(output);
  }
  // It is nobody's child that we could wait for, and a zombie until init has reaped it: only its state tells.
  char state = 0;
  const std::string path = "/proc/" + std::to_string(grandchild) + "/stat";
  for (int i = 0; i < 1000; ++i) {
    FILE* stat = std::fopen(path.c_str(), "r");
    if (stat == nullptr) return;
    const int found = std::fscanf(stat, "%*d %*s %c", &state);
    std::fclose(stat);
    if (found == 1 && (state == 'Z' || state == 'X')) return;
    ::usleep(1000);
  }
  ADD_FAILURE() << "the grandchild is in state " << state;
}

TEST(Pump, ThrowsInterruptedOutOfAnyWait) {
  const int interrupt = eventfd(1, 0);
  Pump pump(interrupt);
  EXPECT_THROW(pump.wait(Pump::Clock::now() + 10s, [] { return false; }), Interrupted);
  ::close(interrupt);
}

TEST(Pump, SaysSoWhenTheDeadlineComesFirst) {
  Pump pump;
  EXPECT_FALSE(pump.wait(Pump::Clock::now() + 1ms, [] { return false; }));
}

}  // namespace
}  // namespace gauntlet
