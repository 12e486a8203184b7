#include "scenarios/load/floors/floor_epoll.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <set>
#include <string>

#include "runtimes/contract/endpoint.hpp"

namespace gauntlet {

namespace {

constexpr std::string_view response =
    "HTTP/1.1 200 OK\r\nServer: gauntlet\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Type: text/plain\r\n"
    "Content-Length: 13\r\n\r\nHello, World!";
constexpr std::string_view request_end = "\r\n\r\n";

class Floor {
 public:
  Floor(bool http, int stop_fd) : http_(http), stop_fd_(stop_fd), epoll_(epoll_create1(EPOLL_CLOEXEC)) {}
  Floor(const Floor&) = delete;
  Floor& operator=(const Floor&) = delete;
  ~Floor() {
    for (const int connection : connections_) close(connection);
    if (listener_ >= 0) close(listener_);
    if (epoll_ >= 0) close(epoll_);
  }

  /// The bound port; 0 with errno set.
  std::uint16_t listen_on(std::uint16_t port);
  bool run();

 private:
  bool watch(int fd) {
    epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
    return epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
  }
  void accept_one();
  void answer(int connection);
  bool send_all(int connection, std::string_view bytes) const;
  std::string_view responses(std::size_t count);
  void drop(int connection) {
    connections_.erase(connection);
    close(connection);
  }

  bool http_;
  int stop_fd_;
  int epoll_;
  int listener_ = -1;
  std::set<int> connections_;
  std::string responses_;
  std::array<char, 64 * 1024> memory_;
};

std::uint16_t Floor::listen_on(std::uint16_t port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  const Endpoint at = Endpoint::loopback(port);
  if (listener_ < 0 || setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      bind(listener_, at.native(), at.native_size()) != 0 || ::listen(listener_, 4096) != 0 || !watch(listener_) ||
      !watch(stop_fd_)) {
    return 0;
  }
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (getsockname(listener_, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
  return Endpoint::from_native(bound).port();
}

bool Floor::run() {
  std::array<epoll_event, 256> events;
  for (;;) {
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
    if (count < 0 && errno != EINTR) return false;
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == stop_fd_) return true;
      if (fd == listener_) {
        accept_one();
      } else {
        answer(fd);
      }
    }
  }
}

void Floor::accept_one() {
  const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (connection < 0) return;
  const int on = 1;
  setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connections_.insert(connection);
  if (!watch(connection)) drop(connection);
}

void Floor::answer(int connection) {
  const ssize_t size = recv(connection, memory_.data(), memory_.size(), 0);
  if (size <= 0) return drop(connection);
  std::string_view bytes(memory_.data(), static_cast<std::size_t>(size));
  if (http_) {
    std::size_t requests = 0;
    for (std::size_t at = 0; (at = bytes.find(request_end, at)) != std::string_view::npos; at += request_end.size()) {
      ++requests;
    }
    bytes = responses(requests);
  }
  if (!send_all(connection, bytes)) drop(connection);
}

std::string_view Floor::responses(std::size_t count) {
  while (responses_.size() < count * response.size()) responses_ += response;
  return std::string_view(responses_).substr(0, count * response.size());
}

bool Floor::send_all(int connection, std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

int run_floor_epoll(ReferenceContext& context) {
  Floor floor(context.parameters.word("protocol") == "http", context.stop_fd);
  const std::uint16_t port = floor.listen_on(context.port);
  if (port == 0) {
    std::fprintf(stderr, "error: cannot listen on port %u: %s\n", context.port, std::strerror(errno));
    return 1;
  }
  context.ready(port);
  if (floor.run()) return 0;
  std::fprintf(stderr, "error: epoll_wait: %s\n", std::strerror(errno));
  return 1;
}

}  // namespace gauntlet
