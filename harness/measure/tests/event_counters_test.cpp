#include "harness/measure/event_counters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace gauntlet {
namespace {

using testing::HasSubstr;

TEST(EventCounters, CountWhatTheMachineCanAndSayWhyItCannotCountTheRest) {
  const EventCounters counters(getpid());
  const EventCounts before = counters.read();
  constexpr int calls = 1000;
  for (int i = 0; i < calls; ++i) static_cast<void>(getppid());
  const EventCounts after = counters.read();
  const auto system_calls = events_between(before.system_calls, after.system_calls);
  if (system_calls) {
    EXPECT_GE(*system_calls, calls);
  } else {
    EXPECT_THAT(counters.why_absent(), HasSubstr("system calls: "));
  }
  EXPECT_EQ(after.cycles.has_value(), after.instructions.has_value());
  if (after.cycles) {
    EXPECT_GT(*after.instructions, *before.instructions);
    EXPECT_GT(*after.cycles, *before.cycles);
  } else {
    EXPECT_THAT(counters.why_absent(), HasSubstr("cycles and instructions: "));
  }
}

TEST(EventCounters, OfAProcessThatIsNotThereAreAbsent) {
  const EventCounters counters(-1);
  const EventCounts counts = counters.read();
  EXPECT_FALSE(counts.system_calls || counts.cycles || counts.instructions);
  EXPECT_NE(counters.why_absent(), "");
}

TEST(EventCounters, ADifferenceNeedsBothEnds) {
  EXPECT_EQ(events_between(2.0, 5.0), 3.0);
  EXPECT_FALSE(events_between(std::nullopt, 5.0));
  EXPECT_FALSE(events_between(2.0, std::nullopt));
}

}  // namespace
}  // namespace gauntlet
