#include "runtimes/task/frame_cache.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <set>
#include <thread>
#include <vector>

namespace gauntlet {
namespace {

constexpr bool recycles =
#if defined(__SANITIZE_ADDRESS__)
    false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
    false;
#else
    true;
#endif
#else
    true;
#endif

TEST(FrameCache, ReusesTheMemoryOfAFrameOfTheSameSize) {
  if (!recycles) GTEST_SKIP() << "under AddressSanitizer every frame goes through the heap";
  void* first = allocate_frame(200);
  free_frame(first, 200);
  void* second = allocate_frame(200);
  EXPECT_EQ(first, second);
  free_frame(second, 200);
}

TEST(FrameCache, AlignsEverySizeTo16AndOverlapsNothing) {
  std::vector<std::pair<void*, std::size_t>> frames;
  for (std::size_t bytes = 1; bytes < 5000; bytes += 37) {
    void* memory = allocate_frame(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % 16, 0u);
    std::memset(memory, static_cast<int>(frames.size() % 256), bytes);
    frames.emplace_back(memory, bytes);
  }
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const auto* bytes = static_cast<const unsigned char*>(frames[i].first);
    EXPECT_EQ(bytes[0], i % 256);
    EXPECT_EQ(bytes[frames[i].second - 1], i % 256);
    free_frame(frames[i].first, frames[i].second);
  }
}

TEST(FrameCache, TakesBackWhatAnotherThreadAllocated) {
  std::vector<void*> frames;
  std::thread([&frames] {
    for (int i = 0; i < 1000; ++i) frames.push_back(allocate_frame(128));
  }).join();
  const std::set<void*> from_there(frames.begin(), frames.end());
  for (void* frame : frames) free_frame(frame, 128);
  std::size_t reused = 0;
  for (void*& frame : frames) {
    frame = allocate_frame(128);
    reused += from_there.count(frame);
  }
  EXPECT_TRUE(!recycles || reused == frames.size()) << reused;
  for (void* frame : frames) free_frame(frame, 128);
}

TEST(FrameCache, KeepsAnotherSizeAfterABurstHasFilledIt) {
  if (!recycles) GTEST_SKIP() << "under AddressSanitizer every frame goes through the heap";
  std::vector<void*> frames(100'000);
  for (void*& frame : frames) frame = allocate_frame(128);
  for (void* frame : frames) free_frame(frame, 128);
  frames.resize(100);
  for (void*& frame : frames) frame = allocate_frame(512);
  for (void* frame : frames) free_frame(frame, 512);
  std::size_t kept = 0;
  const auto* free = detail::frame_cache.lists[detail::frame_class_of(512)];
  for (; free != nullptr; free = free->next) ++kept;
  EXPECT_GE(kept, frames.size());
}

TEST(FrameCache, SurvivesMoreFramesThanItKeeps) {
  std::vector<void*> frames;
  for (int i = 0; i < 5000; ++i) frames.push_back(allocate_frame(2000));
  EXPECT_EQ(std::set<void*>(frames.begin(), frames.end()).size(), frames.size());
  for (void* frame : frames) free_frame(frame, 2000);
}

}  // namespace
}  // namespace gauntlet
