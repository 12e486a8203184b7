#include "runtimes/failpoint/failpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <set>

namespace gauntlet {
namespace {

using testing::HasSubstr;

class FailpointTest : public testing::Test {
 protected:
  ~FailpointTest() override { disarm_failpoints(); }
  static void arm(std::string_view text) {
    const auto plans = parse_failpoints(text);
    ASSERT_TRUE(plans.has_value()) << plans.error();
    ASSERT_TRUE(arm_failpoints(*plans));
  }
};

TEST_F(FailpointTest, EachHasANameOfItsOwnAndSaysWhatItStandsAt) {
  std::set<std::string_view> names;
  for (const FailpointInfo& info : all_failpoints()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_FALSE(info.stands_at.empty()) << info.name;
  }
  EXPECT_GE(names.size(), 25U);
}

TEST_F(FailpointTest, DoesNothingWhileNoneIsArmed) {
  EXPECT_EQ(failpoint(Failpoint::storage_sync), 0);
  arm("storage_sync=EIO");
  disarm_failpoints();
  EXPECT_EQ(failpoint(Failpoint::storage_sync), 0);
  EXPECT_EQ(failpoint_hits(Failpoint::storage_sync), 0U);
}

TEST_F(FailpointTest, FailsAtItsHitOnce) {
  arm("storage_sync=EIO@3");
  for (const int expected : {0, 0, EIO, 0, 0}) EXPECT_EQ(failpoint(Failpoint::storage_sync), expected);
  EXPECT_EQ(failpoint(Failpoint::storage_write), 0);
  EXPECT_EQ(failpoint_hits(Failpoint::storage_sync), 5U);
  EXPECT_EQ(failpoint_fired(Failpoint::storage_sync), 1U);
}

TEST_F(FailpointTest, FailsFromThenOnWhereThatIsAsked) {
  arm("storage_sync=EIO@2+,storage_write=ENOSPC");
  for (const int expected : {0, EIO, EIO}) EXPECT_EQ(failpoint(Failpoint::storage_sync), expected);
  EXPECT_EQ(failpoint(Failpoint::storage_write), ENOSPC);
}

TEST_F(FailpointTest, DelaysAndGoesOn) {
  arm("commit_batch=delay:1");
  EXPECT_EQ(failpoint(Failpoint::commit_batch), 0);
  EXPECT_EQ(failpoint_fired(Failpoint::commit_batch), 1U);
}

TEST_F(FailpointTest, CrashesByTheSignalThatWasAskedFor) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  for (const int signal : {SIGKILL, SIGSEGV, SIGABRT}) {
    const FailpointPlan plan{.at = Failpoint::commit_told, .number = signal};
    EXPECT_EXIT((arm_failpoints({&plan, 1}), failpoint(Failpoint::commit_told)), testing::KilledBySignal(signal), "");
  }
}

TEST_F(FailpointTest, ReadsWhatItWrites) {
  for (const char* text : {"http_send=ECONNRESET@7+", "segment_written=SIGSEGV@1", "replay_end=delay:20@2"}) {
    const auto plans = parse_failpoints(text);
    ASSERT_TRUE(plans.has_value()) << plans.error();
    ASSERT_EQ(plans->size(), 1U);
    EXPECT_EQ(to_text(plans->front()), text);
  }
}

TEST_F(FailpointTest, SaysInASentenceWhatItCannotRead) {
  const auto refusal = [](std::string_view text) {
    const auto plans = parse_failpoints(text);
    return plans ? "(none)" : plans.error();
  };
  EXPECT_THAT(refusal("segment_writtn=SIGKILL"), HasSubstr("did you mean segment_written?"));
  EXPECT_THAT(refusal("segment_write"), HasSubstr("write NAME=ACTION[@HIT][+]"));
  EXPECT_THAT(refusal("segment_write=SIGHUP"), HasSubstr("SIGKILL, SIGSEGV, SIGABRT, an errno such as EIO"));
  EXPECT_THAT(refusal("segment_write=SIGKILL@0"), HasSubstr("a number from 1 on"));
  EXPECT_THAT(refusal("segment_written=EIO"), HasSubstr("nothing that can fail stands at segment_written"));
}

}  // namespace
}  // namespace gauntlet
