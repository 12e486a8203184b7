#include "runtimes/io_uring/buffer_ring.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "runtimes/io_uring/ring.hpp"

namespace gauntlet {
namespace {

class BufferRingTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Ring::open();
    if (!opened) GTEST_SKIP() << opened.error();
    ring = std::move(*opened);
    ASSERT_EQ(buffers.attach(*ring), 0);
  }

  std::unique_ptr<Ring> ring;
  BufferRing buffers{16, 64};
};

TEST_F(BufferRingTest, CountsArePowersOfTwoThatTheKernelTakes) {
  EXPECT_EQ(BufferRing::usable_count(0), 2u);
  EXPECT_EQ(BufferRing::usable_count(16), 16u);
  EXPECT_EQ(BufferRing::usable_count(100), 128u);
  EXPECT_EQ(BufferRing::usable_count(1'000'000), 32'768u);
}

TEST_F(BufferRingTest, ABufferIsTakenUntilItIsGivenBack) {
  Chunk& chunk = buffers.take(3, 10);
  EXPECT_EQ(chunk.size, 10u);
  EXPECT_EQ(chunk.token, 3u);
  EXPECT_EQ(buffers.free_count(), 15u);
  buffers.give_back(chunk.data, chunk.token);
  EXPECT_EQ(buffers.free_count(), 16u);
}

TEST_F(BufferRingTest, BelowTheReserveBytesAreCopiedToTheHeapAndTheBufferStaysTheKernels) {
  std::vector<Chunk*> taken;
  for (std::uint16_t id = 0; id < 14; ++id) taken.push_back(&buffers.take(id, 64));
  EXPECT_EQ(buffers.free_count(), 2u);
  // The same buffer again and again, which only a buffer that went back at once can be.
  for (int i = 0; i < 5; ++i) taken.push_back(&buffers.take(14, 5));
  EXPECT_EQ(buffers.free_count(), 2u);
  EXPECT_EQ(taken.back()->token, BufferRing::heap_token);
  EXPECT_EQ(taken.back()->size, 5u);
  for (Chunk* chunk : taken) buffers.give_back(chunk->data, chunk->token);
  EXPECT_EQ(buffers.free_count(), 16u);
  Chunk& again = buffers.take(14, 1);
  EXPECT_EQ(again.token, 14u) << "with enough free buffers nothing is copied";
  buffers.give_back(again.data, again.token);
}

TEST_F(BufferRingTest, MovesToAnotherRingWithoutTheBuffersThatAreTaken) {
  Chunk& chunk = buffers.take(0, 4);
  std::memcpy(chunk.data, "kept", 4);
  ring.reset();
  auto next = Ring::open();
  ASSERT_TRUE(next.has_value());
  ring = std::move(*next);
  ASSERT_EQ(buffers.attach(*ring), 0);
  EXPECT_EQ(buffers.free_count(), 15u);
  EXPECT_EQ(std::memcmp(chunk.data, "kept", 4), 0);
  buffers.give_back(chunk.data, chunk.token);
}

}  // namespace
}  // namespace gauntlet
