#include "runtimes/io_uring/io_uring.hpp"

#include <sys/eventfd.h>

#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

#include "runtimes/io_uring/uring_loop.hpp"

namespace gauntlet {

namespace {

std::unexpected<Unavailable> unavailable(const std::string& what, int error) {
  return std::unexpected(Unavailable{"io_uring: " + what + ": " + std::system_category().message(error)});
}

}  // namespace

std::expected<std::unique_ptr<Runtime>, Unavailable> make_io_uring(const RuntimeConfig& config) {
  auto ring = Ring::open();
  if (!ring) return std::unexpected(Unavailable{ring.error()});
  std::unique_ptr<BufferRing> buffers;
  try {
    buffers = std::make_unique<BufferRing>(BufferRing::usable_count(config.buffers_per_worker), config.buffer_bytes);
  } catch (const std::bad_alloc&) {
    return unavailable("no address space for the receive buffers, ask for fewer", ENOMEM);
  }
  if (const int result = buffers->attach(**ring); result < 0) {
    return unavailable("the kernel refuses a ring of receive buffers", -result);
  }
  const int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd < 0) return unavailable("eventfd", errno);
  return std::make_unique<UringLoop>(config, std::move(*ring), std::move(buffers), wake_fd);
}

}  // namespace gauntlet
