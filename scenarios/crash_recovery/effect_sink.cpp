#include "scenarios/crash_recovery/effect_sink.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "scenarios/crash_recovery/unix_address.hpp"

namespace gauntlet {

EffectSink::EffectSink(const std::filesystem::path& socket) {
  const auto address = unix_address(socket);
  if (!address) throw std::system_error(ENAMETOOLONG, std::system_category(), socket.string());
  listener_ = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  wake_ = ::eventfd(0, EFD_CLOEXEC);
  const auto* const at = reinterpret_cast<const sockaddr*>(&*address);
  if (::bind(listener_, at, sizeof *address) != 0 || ::listen(listener_, SOMAXCONN) != 0) {
    const int error = errno;
    ::close(listener_);
    ::close(wake_);
    throw std::system_error(error, std::system_category(), "cannot take effects at " + socket.string());
  }
  thread_ = std::thread([this] { run(); });
}

EffectSink::~EffectSink() {
  finish();
  ::close(listener_);
  ::close(wake_);
}

const std::vector<std::string>& EffectSink::finish() {
  if (thread_.joinable()) {
    ::eventfd_write(wake_, 1);
    thread_.join();
  }
  return effects_;
}

/// False: its sender has gone.
bool EffectSink::take(int connection) {
  std::array<char, 1024> message;
  const ssize_t size = ::recv(connection, message.data(), message.size(), 0);
  if (size < 0) return errno == EINTR;
  if (size == 0) return false;
  effects_.emplace_back(message.data(), static_cast<std::size_t>(size));
  return true;
}

void EffectSink::run() {
  bool finishing = false;
  while (!finishing || !connections_.empty()) {
    std::vector<pollfd> sources{{.fd = listener_, .events = POLLIN, .revents = 0}};
    for (const int connection : connections_) sources.push_back({.fd = connection, .events = POLLIN, .revents = 0});
    // Asked for no longer once it has spoken, lest it keeps waking this up.
    if (!finishing) sources.push_back({.fd = wake_, .events = POLLIN, .revents = 0});
    ::poll(sources.data(), sources.size(), -1);
    finishing = finishing || sources.back().revents != 0;
    std::erase_if(connections_, [&](int connection) {
      for (const pollfd& source : sources) {
        if (source.fd != connection || source.revents == 0 || take(connection)) continue;
        ::close(connection);
        return true;
      }
      return false;
    });
    for (int made = 0; (made = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;)
      connections_.push_back(made);
  }
}

}  // namespace gauntlet
