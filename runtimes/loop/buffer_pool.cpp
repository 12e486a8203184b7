#include "runtimes/loop/buffer_pool.hpp"

#include <sys/mman.h>

#include <new>

namespace gauntlet {

BufferPool::BufferPool(std::uint32_t count, std::uint32_t bytes)
    : bytes_(bytes), mapped_bytes_(std::size_t{count} * bytes), memory_(nullptr) {
  if (count == 0) return;
  void* memory =
      mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  memory_ = static_cast<std::byte*>(memory);
  free_.reserve(count);
  for (std::uint32_t token = count; token > 0; --token) free_.push_back(token - 1);
}

BufferPool::~BufferPool() {
  if (memory_ != nullptr) munmap(memory_, mapped_bytes_);
}

}  // namespace gauntlet
