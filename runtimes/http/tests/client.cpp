#include "runtimes/http/tests/client.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "runtimes/contract/endpoint.hpp"

namespace gauntlet::http::fixtures {

Client::Client(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval limit{.tv_sec = 10, .tv_usec = 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const Endpoint server = Endpoint::loopback(port);
  if (connect(fd_, server.native(), server.native_size()) != 0) std::abort();
}

Client::~Client() { close(fd_); }

bool Client::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Client::finish_sending() const { shutdown(fd_, SHUT_WR); }

bool Client::has_bytes() const {
  char byte = 0;
  return recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
}

std::string Client::one_receive() const {
  std::array<char, 256 * 1024> memory;
  ssize_t size = 0;
  do {
    // A ring that this thread had, and that is being taken down, interrupts it.
    size = recv(fd_, memory.data(), memory.size(), 0);
  } while (size < 0 && errno == EINTR);
  return {memory.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

bool Client::skip_one_receive() const {
  std::array<char, 4096> memory;
  return recv(fd_, memory.data(), memory.size(), 0) > 0;
}

bool Client::receive() {
  const std::string bytes = one_receive();
  received_ += bytes;
  return !bytes.empty();
}

std::string Client::response(bool to_head) {
  std::size_t head = 0;
  while ((head = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive()) return std::exchange(received_, {});
  }
  std::size_t size = head + 4;
  const std::size_t length = received_.find("Content-Length: ");
  if (!to_head && length < head) size += std::strtoull(received_.c_str() + length + 16, nullptr, 10);
  while (received_.size() < size) {
    if (!receive()) return std::exchange(received_, {});
  }
  std::string whole = received_.substr(0, size);
  received_.erase(0, size);
  return whole;
}

std::string Client::rest() {
  errno = 0;
  while (receive()) errno = 0;
  if (errno == EAGAIN) received_ += "(silence)";
  return std::exchange(received_, {});
}

int status_of(std::string_view response) {
  return response.starts_with("HTTP/1.1 ") ? std::atoi(std::string(response.substr(9, 3)).c_str()) : 0;
}

std::string_view body_of(std::string_view response) {
  const std::size_t head = response.find("\r\n\r\n");
  return head == std::string_view::npos ? std::string_view() : response.substr(head + 4);
}

std::string ask_once(std::uint16_t port, std::string_view bytes) {
  Client client(port);
  client.send(bytes);
  client.finish_sending();
  return client.rest();
}

}  // namespace gauntlet::http::fixtures
