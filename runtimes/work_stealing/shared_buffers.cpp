#include "runtimes/work_stealing/shared_buffers.hpp"

#include <new>

namespace gauntlet {

void SharedBuffers::give_back_from_afar(std::byte* data, std::uint32_t token) noexcept {
  if (token == heap_token) return pool_.give_back(data, token);
  auto* back = new (data) Returned{returned_.load(std::memory_order_relaxed), token};
  while (!returned_.compare_exchange_weak(back->next, back, std::memory_order_release, std::memory_order_relaxed)) {
  }
}

void SharedBuffers::take_returned() noexcept {
  // All of them at once, so that no node is compared after somebody else may have reused it.
  Returned* back = returned_.exchange(nullptr, std::memory_order_acquire);
  while (back != nullptr) {
    Returned* next = back->next;
    give_back(reinterpret_cast<std::byte*>(back), back->token);
    back = next;
  }
}

}  // namespace gauntlet
