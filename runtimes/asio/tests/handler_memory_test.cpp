#include "runtimes/asio/handler_memory.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace gauntlet {
namespace {

TEST(HandlerMemory, GivesItsRoomOnceAndAgainWhenItCameBack) {
  HandlerMemory memory;
  void* first = memory.allocate(100);
  void* second = memory.allocate(100);
  EXPECT_NE(first, second) << "the second comes from the heap";
  memory.deallocate(second);
  void* third = memory.allocate(1);
  EXPECT_NE(third, first) << "the room is still taken";
  memory.deallocate(third);
  memory.deallocate(first);
  EXPECT_EQ(memory.allocate(HandlerMemory::room), first);
  memory.deallocate(first);
}

TEST(HandlerMemory, LeavesWhatIsTooLargeToTheHeapAndStaysFree) {
  HandlerMemory memory;
  void* room = memory.allocate(1);
  memory.deallocate(room);
  void* large = memory.allocate(HandlerMemory::room + 1);
  EXPECT_NE(large, room);
  void* small = memory.allocate(1);
  EXPECT_EQ(small, room);
  memory.deallocate(small);
  memory.deallocate(large);
}

TEST(HandlerMemory, IsFreeAgainBeforeItsHandlerRuns) {
  HandlerMemory memory;
  void* room = memory.allocate(1);
  memory.deallocate(room);
  boost::asio::io_context context;
  bool was_free = false;
  boost::asio::post(context, HandlerIn(memory, [&] {
                      void* now = memory.allocate(1);
                      was_free = now == room;
                      memory.deallocate(now);
                    }));
  void* meanwhile = memory.allocate(1);
  EXPECT_NE(meanwhile, room) << "the handler waits in it";
  memory.deallocate(meanwhile);
  context.run();
  EXPECT_TRUE(was_free);
}

TEST(HandlerMemory, ComesBackWhenTheContextEndsWithoutRunningTheHandler) {
  HandlerMemory memory;
  void* room = memory.allocate(1);
  memory.deallocate(room);
  {
    boost::asio::io_context context;
    boost::asio::post(context, HandlerIn(memory, [] {}));
  }
  EXPECT_EQ(memory.allocate(1), room);
  memory.deallocate(room);
}

}  // namespace
}  // namespace gauntlet
