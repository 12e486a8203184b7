// A small server for tests of the load generator: what it answers is up to the test.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace gauntlet {

/// Takes what it understands from the front of `input` and appends answers to `output`. False closes the connection
/// once the answers are sent.
using Behaviour = std::function<bool(std::string& input, std::string& output)>;

Behaviour echo_behaviour();
/// Of one message after the other, each only after `pause`.
Behaviour slow_echo_behaviour(std::chrono::milliseconds pause);
/// Answers every request head (they have no bodies) with `response`.
Behaviour http_behaviour(std::string response);

/// Listens on a port of its own until it is destroyed.
class TestServer {
 public:
  enum class Home { thread, process };
  explicit TestServer(Behaviour behaviour, Home home = Home::thread);
  ~TestServer();
  std::uint16_t port() const { return port_; }
  pid_t pid() const { return pid_; }

 private:
  int listener_ = -1;
  int stop_fd_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
  pid_t pid_ = 0;
};

}  // namespace gauntlet
