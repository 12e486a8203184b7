#include "harness/measure/proc_text.hpp"

#include <gtest/gtest.h>

namespace gauntlet {
namespace {

constexpr std::string_view kStatus =
    "Name:\tvoluntary 7\nVmHWM:\t    1284 kB\nnonvoluntary_ctxt_switches:\t3\nvoluntary_ctxt_switches:\t41\n";

TEST(ProcText, LabelsAreFoundOnlyAtTheStartOfALine) {
  EXPECT_EQ(number_after(kStatus, "voluntary_ctxt_switches"), 41u);
  EXPECT_EQ(number_after(kStatus, "nonvoluntary_ctxt_switches"), 3u);
  EXPECT_EQ(number_after(kStatus, "VmHWM"), 1284u);
  EXPECT_EQ(line_after(kStatus, "Name"), "voluntary 7");
}

TEST(ProcText, WhatIsNotThereIsNothing) {
  EXPECT_FALSE(number_after(kStatus, "VmSwap"));
  EXPECT_FALSE(number_after(kStatus, "Name"));
  EXPECT_FALSE(read_text("/proc/no/such/file"));
  EXPECT_FALSE(read_text("/proc"));
}

TEST(ProcText, AFileIsReadWholeAndAWordWithoutItsNewline) {
  const auto text = read_text("/proc/self/status");
  ASSERT_TRUE(text);
  EXPECT_TRUE(number_after(*text, "Threads"));
  EXPECT_EQ(read_word("/proc/self/comm")->find('\n'), std::string::npos);
}

}  // namespace
}  // namespace gauntlet
