#include "harness/load/tests/test_server.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <vector>

namespace gauntlet {
namespace {

// False when the connection is to be closed.
bool serve_once(int fd, std::string& input, const Behaviour& behaviour) {
  char chunk[16384];
  const ssize_t size = recv(fd, chunk, sizeof chunk, 0);
  if (size <= 0) return false;
  input.append(chunk, static_cast<std::size_t>(size));
  std::string output;
  const bool stays = behaviour(input, output);
  for (std::size_t at = 0; at < output.size();) {
    const ssize_t sent = send(fd, output.data() + at, output.size() - at, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    at += static_cast<std::size_t>(sent);
  }
  return stays;
}

void serve(int listener, int stop_fd, const Behaviour& behaviour) {
  std::map<int, std::string> inputs;
  for (;;) {
    std::vector<pollfd> watched = {{stop_fd, POLLIN, 0}, {listener, POLLIN, 0}};
    for (const auto& [fd, input] : inputs) watched.push_back({fd, POLLIN, 0});
    if (poll(watched.data(), watched.size(), -1) < 0) continue;
    if (watched[0].revents != 0) break;
    if (watched[1].revents != 0) inputs[accept4(listener, nullptr, nullptr, SOCK_CLOEXEC)];
    for (std::size_t i = 2; i < watched.size(); ++i) {
      const int fd = watched[i].fd;
      if (watched[i].revents == 0 || serve_once(fd, inputs[fd], behaviour)) continue;
      close(fd);
      inputs.erase(fd);
    }
  }
  for (const auto& [fd, input] : inputs) close(fd);
}

}  // namespace

Behaviour slow_echo_behaviour(std::chrono::milliseconds pause) {
  return [pause](std::string& input, std::string& output) {
    std::this_thread::sleep_for(pause);
    output.swap(input);
    return true;
  };
}

Behaviour echo_behaviour() {
  return [](std::string& input, std::string& output) {
    output.swap(input);
    return true;
  };
}

Behaviour http_behaviour(std::string response) {
  return [response = std::move(response)](std::string& input, std::string& output) {
    for (std::size_t end = 0; (end = input.find("\r\n\r\n")) != std::string::npos;) {
      input.erase(0, end + 4);
      output += response;
    }
    return true;
  };
}

TestServer::TestServer(Behaviour behaviour, Home home)
    : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), stop_fd_(eventfd(0, EFD_CLOEXEC)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(listen(listener_, 128), 0);
  EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
  port_ = ntohs(address.sin_port);
  if (home == Home::thread) {
    thread_ = std::thread([this, behaviour = std::move(behaviour)] { serve(listener_, stop_fd_, behaviour); });
    return;
  }
  pid_ = fork();
  if (pid_ == 0) {
    serve(listener_, stop_fd_, behaviour);
    _exit(0);
  }
}

TestServer::~TestServer() {
  if (pid_ != 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (thread_.joinable()) {
    eventfd_write(stop_fd_, 1);
    thread_.join();
  }
  close(stop_fd_);
  close(listener_);
}

}  // namespace gauntlet
