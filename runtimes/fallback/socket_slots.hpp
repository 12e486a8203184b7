// Room for the sockets of a runtime that has few.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include "runtimes/fallback/core/core.hpp"
#include "runtimes/fallback/fallback_socket.hpp"

namespace gauntlet {

/// A fixed number of socket records in one allocation, made at the start. One thread.
class SocketSlots {
 public:
  /// Four for each task: it has one, passes on to another, listens, and one is about to be closed.
  static constexpr std::size_t most = 4 * fallback::most_tasks;

  SocketSlots() : slots_(std::make_unique<Slot[]>(most)) {}

  std::size_t in_use() const noexcept { return in_use_; }
  bool is_full() const noexcept { return in_use_ == most; }

  /// While it is not full.
  template <typename... Arguments>
  FallbackSocket& make(Arguments&&... arguments) noexcept {
    Slot* slot = slots_.get();
    while (slot->socket != nullptr) ++slot;
    slot->socket = ::new (slot->memory) FallbackSocket(std::forward<Arguments>(arguments)...);
    ++in_use_;
    return *slot->socket;
  }

  void destroy(FallbackSocket& socket) noexcept {
    Slot* slot = slots_.get();
    while (slot->socket != &socket) ++slot;
    slot->socket = nullptr;
    --in_use_;
    socket.~FallbackSocket();
  }

  /// Calls `visit(socket)` for each.
  template <typename Visit>
  void for_each(Visit&& visit) {
    for (std::size_t i = 0, seen = 0; seen < in_use_; ++i) {
      if (slots_[i].socket == nullptr) continue;
      ++seen;
      visit(*slots_[i].socket);
    }
  }

 private:
  struct Slot {
    alignas(FallbackSocket) std::byte memory[sizeof(FallbackSocket)];
    FallbackSocket* socket = nullptr;
  };
  std::unique_ptr<Slot[]> slots_;
  std::size_t in_use_ = 0;
};

}  // namespace gauntlet
