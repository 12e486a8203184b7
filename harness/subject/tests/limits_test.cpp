#include "harness/subject/limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

namespace gauntlet {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr Limits kLimits{.descriptors = 1024, .memory_bytes = 64 << 20};

TEST(Limits, ARunThatFitsIsLetThrough) {
  EXPECT_THAT(why_too_large({.descriptors = 1024, .memory_bytes = 64 << 20}, kLimits), IsEmpty());
  EXPECT_THAT(why_too_large({}, kLimits), IsEmpty());
}

TEST(Limits, MoreDescriptorsThanAllowedAreRefusedWithLimitValueAndCommand) {
  const std::string why = why_too_large({.descriptors = 10'300}, kLimits);
  EXPECT_THAT(why, HasSubstr("needs 10300 file descriptors"));
  EXPECT_THAT(why, HasSubstr("limit is 1024"));
  EXPECT_THAT(why, HasSubstr("prlimit --nofile=10300:10300"));
}

TEST(Limits, MoreMemoryThanThereIsIsRefused) {
  const std::string why = why_too_large({.memory_bytes = 128 << 20}, kLimits);
  EXPECT_THAT(why, HasSubstr("128 MiB"));
  EXPECT_THAT(why, HasSubstr("64 MiB are available"));
}

TEST(Limits, MemoryThatIsNotKnownRefusesNothing) {
  EXPECT_THAT(why_too_large({.memory_bytes = 1ull << 60}, {.descriptors = 1, .memory_bytes = 0}), IsEmpty());
}

TEST(Limits, MoreTasksThanTheRuntimeHasAreRefusedAndSoAreThoseThatNobodyCounts) {
  const Limits few{.descriptors = 1024, .tasks = 32};
  EXPECT_THAT(why_too_large({.tasks = 32}, few), IsEmpty());
  EXPECT_THAT(why_too_large({.tasks = 33}, few), HasSubstr("needs 33 live tasks and this runtime has at most 32"));
  EXPECT_THAT(why_too_large({}, few), HasSubstr("at most 32"));
}

TEST(Limits, OfARunAreThoseOfItsRuntimeToo) {
  EXPECT_EQ(limits_here(find_runtime("fallback")).tasks, 32u);
  EXPECT_EQ(limits_here(find_runtime("single_loop")).tasks, 0u);
}

TEST(Limits, DescriptorsAreRaisedToTheHardLimit) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit lowered{.rlim_cur = 64, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &lowered), 0);
  EXPECT_EQ(limits_here().descriptors, 64u);
  raise_descriptor_limit();
  EXPECT_EQ(limits_here().descriptors, before.rlim_max);
  EXPECT_GT(limits_here().memory_bytes, 0u);
}

}  // namespace
}  // namespace gauntlet
