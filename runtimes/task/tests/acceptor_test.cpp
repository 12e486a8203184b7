#include "runtimes/task/acceptor.hpp"

#include <gtest/gtest.h>

#include "runtimes/contract/registry.hpp"
#include "runtimes/task/spawn.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet {
namespace {

Task<void> say_hello(Socket socket) {
  const Result<void> sent = co_await socket.send("hello");
  EXPECT_TRUE(sent.has_value());
}

Task<std::string> ask(Endpoint at) {
  Result<Socket> socket = co_await connect(at);
  if (!socket) co_return "";
  std::string all;
  for (;;) {
    const Result<Buffer> received = co_await socket->receive();
    if (!received || received->empty()) co_return all;
    all += received->text();
  }
}

Task<void> serve_three_then_cancel(bool& refused_after) {
  Listener listener = listen(Endpoint::loopback(0)).value();
  const Endpoint at = listener.local_endpoint().value();
  JoinHandle<Result<void>> server = spawn(accept_connections(std::move(listener), say_hello));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(co_await ask(at), "hello");
  server.cancel();
  const TaskResult<Result<void>> ended = co_await server;
  EXPECT_TRUE(!ended.has_value() && ended.error().cancelled());
  const Result<Socket> late = co_await connect(at);
  refused_after = late.error() == std::errc::connection_refused;
}

TEST(Acceptor, ServesEveryConnectionAndClosesItsListenerWhenItIsCancelled) {
  const std::unique_ptr<Runtime> runtime = make_runtime(RuntimeConfig{}).value();
  bool refused_after = false;
  block_on(*runtime, serve_three_then_cancel(refused_after));
  EXPECT_TRUE(refused_after);
}

}  // namespace
}  // namespace gauntlet
