#include "runtimes/loop/buffer_pool.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <vector>

namespace gauntlet {
namespace {

TEST(BufferPool, LendsDistinctBuffersThenHeapMemory) {
  BufferPool pool(4, 256);
  std::vector<BufferPool::Piece> taken;
  std::set<std::byte*> addresses;
  for (int i = 0; i < 6; ++i) {
    taken.push_back(pool.take());
    std::memset(taken.back().data, i, pool.buffer_bytes());
    addresses.insert(taken.back().data);
  }
  EXPECT_EQ(addresses.size(), 6U);
  EXPECT_NE(taken[3].token, BufferPool::heap_token);
  EXPECT_EQ(taken[4].token, BufferPool::heap_token);
  for (const auto& piece : taken) pool.give_back(piece.data, piece.token);
}

TEST(BufferPool, TheBufferGivenBackLastIsLentFirst) {
  BufferPool pool(4, 64);
  const auto first = pool.take();
  const auto second = pool.take();
  pool.give_back(second.data, second.token);
  pool.give_back(first.data, first.token);
  const auto again = pool.take();
  EXPECT_EQ(again.data, first.data);
  pool.give_back(again.data, again.token);
}

TEST(BufferPool, WithoutBuffersEverythingComesFromTheHeap) {
  BufferPool pool(0, 64);
  const auto piece = pool.take();
  EXPECT_EQ(piece.token, BufferPool::heap_token);
  pool.give_back(piece.data, piece.token);
}

}  // namespace
}  // namespace gauntlet
