#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>
#include <future>
#include <string>
#include <thread>

#include "runtimes/contract/registry.hpp"
#include "runtimes/task/spawn.hpp"
#include "scenarios/load/load.hpp"

namespace gauntlet {
namespace {

Parameters parameters_of(const std::string& protocol) {
  return Parameters::resolve(load_scenario().info().parameters, {{"protocol", protocol}}, true).value();
}

class TestContext final : public ServeContext {
 public:
  explicit TestContext(const std::string& protocol) : parameters_(parameters_of(protocol)) {}
  const Parameters& parameters() const override { return parameters_; }
  std::uint16_t port() const override { return 0; }
  void ready(std::uint16_t bound) override { bound_.set_value(bound); }
  Task<std::string> next_command() override { co_return std::string(); }
  void report(const std::map<std::string, double>&) override {}
  std::uint16_t wait() { return bound_.get_future().get(); }

 private:
  Parameters parameters_;
  std::promise<std::uint16_t> bound_;
};

/// The scenario inside a runtime, on a thread of its own.
class Subject {
 public:
  Subject(const std::string& backend, const std::string& protocol) : context_(protocol) {
    thread_ = std::thread([this, backend] {
      RuntimeConfig config;
      config.backend = backend;
      auto made = make_runtime(config);
      if (!made) {
        context_.ready(0);
        return;
      }
      runtime_ = made->get();
      spawn(*runtime_, load_scenario().serve(context_)).detach();
      runtime_->run();
      stopped_.get_future().wait();  // the runtime outlives stop()
    });
    port_ = context_.wait();
  }
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;
  ~Subject() {
    if (port_ != 0) runtime_->stop();
    stopped_.set_value();
    thread_.join();
  }
  std::uint16_t port() const { return port_; }

 private:
  TestContext context_;
  Runtime* runtime_ = nullptr;
  std::promise<void> stopped_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

class ReferenceUnderTest final : public ReferenceContext {
 public:
  ReferenceUnderTest(const Parameters& values, int fd) : ReferenceContext(values, 0, fd) {}
  void ready(std::uint16_t bound) override { bound_.set_value(bound); }
  void report(const std::map<std::string, double>&) override {}
  std::uint16_t wait() { return bound_.get_future().get(); }

 private:
  std::promise<std::uint16_t> bound_;
};

/// Sends, and reads until `expected` bytes have come or the other side has closed.
std::string talk(std::uint16_t port, const std::string& bytes, std::size_t expected) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{.tv_sec = 10, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  const Endpoint at = Endpoint::loopback(port);
  std::string answer;
  if (connect(fd, at.native(), at.native_size()) == 0 && send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0) {
    std::array<char, 4096> memory;
    while (answer.size() < expected) {
      const ssize_t size = recv(fd, memory.data(), memory.size(), 0);
      // A ring that this thread has had goes in the background, which interrupts a call with a time limit.
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) break;
      answer.append(memory.data(), static_cast<std::size_t>(size));
    }
  }
  close(fd);
  return answer;
}

std::string ask(std::uint16_t port, const std::string& request_line, const std::string& more = "\r\n") {
  return talk(port, request_line + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + more, std::string::npos);
}

class ServicesTest : public testing::TestWithParam<std::string> {};

TEST_P(ServicesTest, ServesTheRoutesOfHttp) {
  const Subject subject(GetParam(), "http");
  if (subject.port() == 0) GTEST_SKIP() << GetParam() << " cannot be had here";
  const std::string plaintext = ask(subject.port(), "GET /plaintext");
  EXPECT_TRUE(plaintext.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_NE(plaintext.find("Server: "), std::string::npos);
  EXPECT_NE(plaintext.find("Date: "), std::string::npos);
  EXPECT_NE(plaintext.find("Content-Type: text/plain\r\n"), std::string::npos);
  EXPECT_TRUE(plaintext.ends_with("\r\n\r\nHello, World!"));
  EXPECT_TRUE(ask(subject.port(), "GET /burn/50").ends_with("\r\n\r\n50\n"));
  if (what_is_missing(*find_runtime(GetParam()), Feature::blocking_calls) == nullptr) {
    EXPECT_TRUE(ask(subject.port(), "GET /burn/50/pool").ends_with("\r\n\r\n50\n"));
  }
  for (const char* path : {"/burn/x", "/burn/-1", "/burn/1000001", "/burn/x/pool"}) {
    EXPECT_TRUE(ask(subject.port(), std::string("GET ") + path).starts_with("HTTP/1.1 400 ")) << path;
  }
}

TEST_P(ServicesTest, GivesEveryOrderAnId) {
  const Subject subject(GetParam(), "http");
  if (subject.port() == 0) GTEST_SKIP() << GetParam() << " cannot be had here";
  const std::string own = ask(subject.port(), "POST /orders", "X-Order-Id: mine-1\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_TRUE(own.starts_with("HTTP/1.1 201 Created\r\n"));
  EXPECT_NE(own.find("X-Order-Id: mine-1\r\n"), std::string::npos);
  EXPECT_TRUE(own.ends_with("{\"bytes\":3}\n"));
  const std::string issued = ask(subject.port(), "POST /orders", "Content-Length: 1\r\n\r\na");
  EXPECT_NE(issued.find("X-Order-Id: order-"), std::string::npos);
  const std::string refused = ask(subject.port(), "POST /orders", "X-Order-Id: a b\r\nContent-Length: 1\r\n\r\na");
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(ask(subject.port(), "POST /orders", "Content-Length: 0\r\n\r\n").starts_with("HTTP/1.1 400 "));
}

TEST_P(ServicesTest, EchoesWhatItReceives) {
  const Subject subject(GetParam(), "echo");
  if (subject.port() == 0) GTEST_SKIP() << GetParam() << " cannot be had here";
  const std::string message(100'000, 'e');
  EXPECT_EQ(talk(subject.port(), message, message.size()), message);
}

std::vector<std::string> every_runtime() {
  std::vector<std::string> names;
  for (const RuntimeEntry& entry : all_runtimes()) {
    if (entry.is_built_in) names.emplace_back(entry.name);
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(Runtimes, ServicesTest, testing::ValuesIn(every_runtime()),
                         [](const auto& tested) { return tested.param; });

class ReferencesTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() != "floor_io_uring") return;
    RuntimeConfig config;
    config.backend = "io_uring";
    if (const auto made = make_runtime(config); !made) GTEST_SKIP() << made.error().reason;
  }

  /// Runs the reference while `use` talks to its port.
  void serve(const std::string& protocol, const std::function<void(std::uint16_t)>& use) {
    const Parameters parameters = parameters_of(protocol);
    const int stop = eventfd(0, EFD_CLOEXEC);
    ReferenceUnderTest context(parameters, stop);
    int code = -1;
    std::thread reference([&] { code = load_scenario().serve_reference(GetParam(), context); });
    use(context.wait());
    const std::uint64_t wake = 1;
    EXPECT_EQ(write(stop, &wake, sizeof wake), static_cast<ssize_t>(sizeof wake));
    reference.join();
    EXPECT_EQ(code, 0);
    close(stop);
  }
};

TEST_P(ReferencesTest, AnswerHttpUntilTheyAreStopped) {
  serve("http", [](std::uint16_t port) {
    const std::string request = "GET /plaintext HTTP/1.1\r\nHost: h\r\n\r\n";
    const std::string one = talk(port, request, 1);
    EXPECT_TRUE(one.starts_with("HTTP/1.1 200 OK\r\n"));
    EXPECT_TRUE(one.ends_with("\r\n\r\nHello, World!"));
    const std::string two = talk(port, request + request, 2 * one.size());
    EXPECT_EQ(two.size(), 2 * one.size());
    EXPECT_TRUE(two.substr(0, one.size()).ends_with("\r\n\r\nHello, World!"));
    EXPECT_TRUE(two.ends_with("\r\n\r\nHello, World!"));
  });
}

TEST_P(ReferencesTest, EchoUntilTheyAreStopped) {
  serve("echo", [](std::uint16_t port) {
    const std::string message(100'000, 'e');
    EXPECT_EQ(talk(port, message, message.size()), message);
  });
}

std::vector<std::string> every_reference() {
  std::vector<std::string> names;
  for (const ReferenceInfo& reference : load_scenario().info().references) {
    if (reference.worker_program == common_worker_program) names.push_back(reference.name);
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(References, ReferencesTest, testing::ValuesIn(every_reference()),
                         [](const auto& tested) { return tested.param; });

class NativeTwinsTest : public ReferencesTest {};

TEST_P(NativeTwinsTest, ReadRequestsThatComeInPiecesAndCloseWhenAsked) {
  serve("http", [](std::uint16_t port) {
    EXPECT_TRUE(ask(port, "GET /plaintext").ends_with("\r\n\r\nHello, World!"));
    EXPECT_TRUE(ask(port, "GET /other").starts_with("HTTP/1.1 404 "));
    EXPECT_TRUE(talk(port, "nonsense\r\n\r\n", std::string::npos).starts_with("HTTP/1.1 400 "));
    // More than one read takes: requests are cut at its end.
    std::string many;
    const std::string request = "GET /plaintext HTTP/1.1\r\nHost: some.name.of.a.host\r\n\r\n";
    for (int i = 0; i < 3'000; ++i) many += request;
    const std::size_t size = talk(port, request, 1).size();
    EXPECT_EQ(talk(port, many, 3'000 * size).size(), 3'000 * size);
  });
}

INSTANTIATE_TEST_SUITE_P(References, NativeTwinsTest, testing::Values("libuv_native", "asio_native"),
                         [](const auto& tested) { return std::string(tested.param); });

}  // namespace
}  // namespace gauntlet
