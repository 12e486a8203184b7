#include "harness/subject/pump.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

namespace gauntlet {

void Pump::read(int fd, OnText on_text) {
  sources_.push_back({.fd = fd, .on_text = std::move(on_text), .on_ready = {}});
}

void Pump::watch(int fd, OnReady on_ready) {
  sources_.push_back({.fd = fd, .on_text = {}, .on_ready = std::move(on_ready)});
}

void Pump::forget(int fd) {
  std::erase_if(sources_, [fd](const Source& source) { return source.fd == fd; });
}

bool Pump::wait(Clock::time_point deadline, const std::function<bool()>& done) {
  while (!done()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) {
      drain();
      return done();
    }
    turn(static_cast<int>(std::min<decltype(left)>(left, INT_MAX)));
  }
  return true;
}

void Pump::drain() {
  // Bounded: somebody may write faster than this reads.
  constexpr int most_turns = 64;
  for (int i = 0; i < most_turns && turn(0); ++i) {
  }
}

bool Pump::turn(int timeout_ms) {
  std::vector<pollfd> polled;
  for (const Source& source : sources_) polled.push_back({source.fd, POLLIN, 0});
  if (interrupt_fd_ >= 0) polled.push_back({interrupt_fd_, POLLIN, 0});
  const int count = poll(polled.data(), polled.size(), timeout_ms);
  if (count <= 0) return false;
  if (interrupt_fd_ >= 0) {
    if (polled.back().revents != 0) throw Interrupted();
    polled.pop_back();
  }
  for (const pollfd& one : polled) {
    if (one.revents != 0) handle(one.fd);
  }
  return true;
}

void Pump::handle(int fd) {
  const auto source = std::ranges::find(sources_, fd, &Source::fd);
  if (source == sources_.end()) return;
  if (source->on_ready) {
    const OnReady on_ready = std::move(source->on_ready);
    forget(fd);
    return on_ready();
  }
  // Copied: what it calls may forget the source.
  const OnText on_text = source->on_text;
  std::array<char, 64 * 1024> chunk;
  const ssize_t count = ::read(fd, chunk.data(), chunk.size());
  if (count > 0) {
    on_text({chunk.data(), static_cast<std::size_t>(count)});
  } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
    forget(fd);
  }
}

}  // namespace gauntlet
