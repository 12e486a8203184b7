// Which worker gets the next connection, or the next task from outside.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

namespace gauntlet {

/// How a runtime with several workers shares out accepted connections.
enum class Dispatch : std::uint8_t {
  round_robin,   ///< in turn
  least_loaded,  ///< to the worker with the fewest open sockets
  affinity       ///< where they arrived: every worker listens for itself (SO_REUSEPORT)
};

/// The error is one sentence, with the nearest known name.
std::expected<Dispatch, std::string> parse_dispatch(std::string_view name);

/// Chooses among the workers of one runtime. Any thread. Under `affinity` a task from outside, which has not arrived
/// anywhere, goes in turn.
class Dispatcher {
 public:
  Dispatcher(Dispatch rule, std::uint16_t workers);

  std::uint16_t choose() noexcept;

  /// Kept by the runtime, for each socket that a worker is home to.
  void socket_opened(std::uint16_t worker) noexcept { loads_[worker].sockets.fetch_add(1, std::memory_order_relaxed); }
  void socket_closed(std::uint16_t worker) noexcept { loads_[worker].sockets.fetch_sub(1, std::memory_order_relaxed); }
  std::uint32_t open_sockets(std::uint16_t worker) const noexcept {
    return loads_[worker].sockets.load(std::memory_order_relaxed);
  }

 private:
  /// On a cache line of its own: each worker counts its own sockets.
  struct alignas(64) Load {
    std::atomic<std::uint32_t> sockets{0};
  };

  Dispatch rule_;
  std::uint16_t workers_;
  std::atomic<std::uint32_t> turn_{0};
  std::unique_ptr<Load[]> loads_;
};

}  // namespace gauntlet
