#include "runtimes/work_stealing/shared_buffers.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace gauntlet {
namespace {

TEST(SharedBuffers, NameTheWorkerThatLentThem) {
  SharedBuffers buffers(5, 2, 64);
  const BufferPool::Piece piece = buffers.take();
  EXPECT_EQ(SharedBuffers::worker_of(piece.token), 5u);
  buffers.give_back(piece.data, piece.token);
  EXPECT_EQ(buffers.take().data, piece.data) << "last in, first out";
}

TEST(SharedBuffers, ThatComeBackFromAfarAreLentAgainBeforeTheHeapIsAsked) {
  SharedBuffers buffers(1, 2, 64);
  const BufferPool::Piece first = buffers.take();
  const BufferPool::Piece second = buffers.take();
  const BufferPool::Piece third = buffers.take();
  EXPECT_EQ(third.token, SharedBuffers::heap_token);
  std::thread([&] {
    buffers.give_back_from_afar(first.data, first.token);
    buffers.give_back_from_afar(third.data, third.token);
    buffers.give_back_from_afar(second.data, second.token);
  }).join();
  EXPECT_NE(buffers.take().token, SharedBuffers::heap_token);
  EXPECT_NE(buffers.take().token, SharedBuffers::heap_token);
}

TEST(SharedBuffers, CirculateBetweenThreadsWithoutLoss) {
  constexpr std::uint32_t count = 8;
  SharedBuffers buffers(0, count, 64);
  std::atomic<std::byte*> handed[2] = {nullptr, nullptr};
  std::atomic<std::uint32_t> tokens[2] = {0, 0};
  std::atomic<bool> finished{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      while (!finished.load() || handed[i].load() != nullptr) {
        std::byte* data = handed[i].load(std::memory_order_acquire);
        if (data == nullptr) {
          std::this_thread::yield();
          continue;
        }
        data[0] = std::byte{1};
        buffers.give_back_from_afar(data, tokens[i].load());
        handed[i].store(nullptr, std::memory_order_release);
      }
    });
  }
  for (int i = 0; i < 4'000; ++i) {
    const int to = i % 2;
    while (handed[to].load(std::memory_order_acquire) != nullptr) std::this_thread::yield();
    const BufferPool::Piece piece = buffers.take();
    ASSERT_NE(piece.token, SharedBuffers::heap_token);
    piece.data[0] = std::byte{2};
    tokens[to] = piece.token;
    handed[to].store(piece.data, std::memory_order_release);
  }
  finished = true;
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace gauntlet
