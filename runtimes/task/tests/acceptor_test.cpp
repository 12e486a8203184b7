#include "runtimes/task/acceptor.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <new>

#include "runtimes/contract/registry.hpp"
#include "runtimes/task/spawn.hpp"
#include "runtimes/task/time.hpp"

namespace {
std::uint16_t port_that_cannot_be_watched = 0;
}

/// In place of the C library's: what the kernel says when fs.epoll.max_user_watches is reached.
extern "C" int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) noexcept {
  sockaddr_in local{};
  socklen_t size = sizeof local;
  if (operation == EPOLL_CTL_ADD && port_that_cannot_be_watched != 0 &&
      getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size) == 0 &&
      local.sin_port == htons(port_that_cannot_be_watched)) {
    errno = ENOSPC;
    return -1;
  }
  return static_cast<int>(syscall(SYS_epoll_ctl, epoll, operation, fd, event));
}

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

Task<void> fail_one_connection(ServeConnection serve, std::function<void(std::uint16_t)> before,
                               std::function<void()> after) {
  Listener listener = listen(Endpoint::loopback(0)).value();
  const Endpoint at = listener.local_endpoint().value();
  JoinHandle<Result<void>> server = spawn(accept_connections(std::move(listener), std::move(serve)));
  EXPECT_EQ(co_await ask(at), "hello");
  before(at.port());
  EXPECT_EQ(co_await ask(at), "");
  after();
  EXPECT_EQ(co_await ask(at), "hello");
  server.cancel();
  co_await server;
}

TEST(Acceptor, GoesOnWhenThereIsNoMemoryForAConnectionsTask) {
  const std::unique_ptr<Runtime> runtime = make_runtime(RuntimeConfig{}).value();
  bool scarce = false;
  const ServeConnection serve = [&scarce](Socket socket) {
    if (scarce) throw std::bad_alloc();
    return say_hello(std::move(socket));
  };
  block_on(*runtime, fail_one_connection(
                         serve, [&scarce](std::uint16_t) { scarce = true; }, [&scarce] { scarce = false; }));
}

TEST(Acceptor, GoesOnWhenAConnectionCannotBeWatched) {
  const std::unique_ptr<Runtime> runtime = make_runtime(RuntimeConfig{}).value();
  block_on(*runtime, fail_one_connection(
                         say_hello, [](std::uint16_t port) { port_that_cannot_be_watched = port; },
                         [] { port_that_cannot_be_watched = 0; }));
}

}  // namespace
}  // namespace gauntlet
