#include "harness/measure/stack_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace gauntlet {
namespace {

// As perf 6.1 prints them: a frame of the kernel, names with brackets and spaces, one without a symbol, a thread whose
// name holds a space, and a sample without a stack.
constexpr std::string_view kSample =
    "gauntlet-worker  1341 59833.810250221: cpu-clock:pppH: \n"
    "\tffffffff81a0d4f3 tcp_sendmsg ([kernel.kallsyms])\n"
    "\tffffffff81c8e5a5 [unknown] ([kernel.kallsyms])\n"
    "\t          10e0f7 __send (/usr/lib/x86_64-linux-gnu/libc.so.6)\n"
    "\t           5f3a1 gauntlet::Loop::run(gauntlet::Job&)::{lambda()#1}::operator() const (/build/gauntlet-worker)\n"
    "\t           41c2d [unknown] (/build/gauntlet-worker)\n"
    "\t           2724a main (/build/gauntlet-worker)\n"
    "\n"
    "gauntlet-worker  1341 59833.910250221: cpu-clock:pppH: \n"
    "\t           31145 spin;wait (/build/gauntlet-worker)\n"
    "\t           2724a main (/build/gauntlet-worker)\n"
    "\n"
    "pool thread 2  1350 59833.950000000: cpu-clock:pppH: \n"
    "\n"
    "gauntlet-worker  1341 59834.110250221: cpu-clock:pppH: \n"
    "\t           31145 spin;wait (/build/gauntlet-worker)\n"
    "\t           2724a main (/build/gauntlet-worker)\n"
    "\n";

StackFolder folded_in_pieces(std::string_view text, std::size_t size, std::vector<StackFolder::Window> windows = {}) {
  StackFolder folder(std::move(windows));
  for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) folder.add(text.substr(0, size));
  folder.finish();
  return folder;
}

std::string repeated_sample(int first, int count, const std::string& frame_prefix) {
  std::string text;
  for (int i = first; i < first + count; ++i) {
    text += "worker  7 1.000000000: cycles:u: \n\t 1 " + frame_prefix + std::to_string(i) + " (/x)\n\n";
  }
  return text;
}

TEST(StackFolder, FoldsFromTheOutermostFrameAndCountsEqualStacks) {
  const StackFolder folder = folded_in_pieces(kSample, kSample.size());
  EXPECT_EQ(
      folder.folded(),
      "gauntlet-worker;main;spin:wait 2\n"
      "gauntlet-worker;main;[gauntlet-worker];"
      "gauntlet::Loop::run(gauntlet::Job&)::{lambda()#1}::operator() const;__send;[unknown]_[k];tcp_sendmsg_[k] 1\n"
      "pool thread 2 1\n");
  EXPECT_EQ(folder.samples(), 4u);
  EXPECT_EQ(folder.event(), "cpu-clock");
  EXPECT_FALSE(folder.user_only());
}

TEST(StackFolder, DoesNotCareHowTheTextIsCut) {
  const std::string whole = folded_in_pieces(kSample, kSample.size()).folded();
  for (const std::size_t size : {1u, 7u, 100u}) EXPECT_EQ(folded_in_pieces(kSample, size).folded(), whole) << size;
  const std::string_view without_end = kSample.substr(0, kSample.size() - 2);
  EXPECT_EQ(folded_in_pieces(without_end, 50).folded(), whole) << "a last sample that ends with the text";
}

TEST(StackFolder, LeavesOutWhatIsOutsideOfTheWindows) {
  const StackFolder folder = folded_in_pieces(
      kSample, 64, {{.start_ns = 0, .end_ns = 1}, {.start_ns = 59'833'900'000'000, .end_ns = 59'834'110'250'221}});
  EXPECT_EQ(folder.folded(), "gauntlet-worker;main;spin:wait 1\npool thread 2 1\n");
}

TEST(StackFolder, TellsThatTheEventSawUserSpaceOnly) {
  const StackFolder folder = folded_in_pieces(repeated_sample(0, 1, "f"), 64);
  EXPECT_EQ(folder.event(), "cycles");
  EXPECT_TRUE(folder.user_only());
}

TEST(StackFolder, KeepsTheHeaviestStacksAndCountsTheRest) {
  constexpr int most = StackFolder::kMostStacks;
  StackFolder folder({});
  folder.add(repeated_sample(0, most + 50, "f"));
  folder.add(repeated_sample(most + 49, 1, "f"));
  folder.finish();
  const std::string text = folder.folded();
  EXPECT_TRUE(text.starts_with("worker;f" + std::to_string(most + 49) + " 2\n"));
  EXPECT_EQ(std::ranges::count(text, '\n'), most + 1);
  EXPECT_TRUE(text.ends_with("worker;[other stacks] 50\n"));
}

TEST(StackFolder, HoldsNoMoreThanItsBoundsWhateverItIsGiven) {
  StackFolder folder({});
  folder.add(repeated_sample(0, 25'000, std::string(150, 'n')));
  folder.add("worker  7 1.000000000: cycles:u: \n");
  for (int i = 0; i < 1000; ++i) folder.add("\t 1 deep (/x)\n");
  folder.add("\t 1 " + std::string(1 << 20, 'x') + " (/x)\n\n");
  folder.finish();
  EXPECT_EQ(folder.samples(), 25'001u);
  EXPECT_LE(folder.folded().size(), StackFolder::kMostBytes + 100);
}

TEST(StackFolder, TakesNothingFromLinesThatAreNoSamples) {
  const StackFolder folder = folded_in_pieces(
      "# a comment\nWarning: something\n\t 12 lost (/x)\n\nworker 7 1.5: cycles: \n\t 1 f (/x)\n\n"
      "worker x 1.500000000: cycles: \n\n  7 1.500000000: cycles: \n\nworker 7 -1.500000000: cycles: \n",
      20);
  EXPECT_EQ(folder.folded(), "");
  EXPECT_EQ(folder.event(), "");
}

}  // namespace
}  // namespace gauntlet
