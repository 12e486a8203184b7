#include "runtimes/io_uring/buffer_ring.hpp"

#include <liburing.h>
#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <new>

#include "runtimes/io_uring/ring.hpp"

namespace gauntlet {

namespace {

/// The entries, in whole pages so that the buffers behind them begin on one.
std::size_t entries_bytes(std::uint32_t count) {
  constexpr std::size_t page = 4096;
  return (count * sizeof(io_uring_buf) + page - 1) / page * page;
}

Chunk& heap_chunk(std::span<const std::byte> bytes) {
  void* memory = ::operator new(sizeof(Chunk) + bytes.size());
  Chunk* chunk = new (memory) Chunk;
  chunk->data = reinterpret_cast<std::byte*>(chunk + 1);
  chunk->size = static_cast<std::uint32_t>(bytes.size());
  chunk->token = BufferRing::heap_token;
  std::memcpy(chunk->data, bytes.data(), bytes.size());
  return *chunk;
}

}  // namespace

std::uint32_t BufferRing::usable_count(std::uint32_t asked) noexcept {
  constexpr std::uint32_t most = 32'768;
  return std::bit_ceil(std::clamp<std::uint32_t>(asked, 2, most));
}

BufferRing::BufferRing(std::uint32_t count, std::uint32_t bytes)
    : count_(count),
      bytes_(bytes),
      reserve_(std::max<std::uint32_t>(1, count / 8)),
      free_(count),
      chunks_(std::make_unique<Chunk[]>(count)) {
  const std::size_t mapped = entries_bytes(count) + std::size_t{count} * bytes;
  void* memory = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  entries_ = static_cast<io_uring_buf_ring*>(memory);
  memory_ = static_cast<std::byte*>(memory) + entries_bytes(count);
  for (std::uint32_t id = 0; id < count; ++id) {
    chunks_[id].data = memory_ + std::size_t{id} * bytes;
    chunks_[id].token = id;
  }
}

BufferRing::~BufferRing() { munmap(entries_, entries_bytes(count_) + std::size_t{count_} * bytes_); }

int BufferRing::attach(Ring& ring) noexcept {
  io_uring_buf_ring_init(entries_);
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<std::uintptr_t>(entries_);
  registration.ring_entries = count_;
  registration.bgid = group;
  const int result = io_uring_register_buf_ring(&ring.native(), &registration, 0);
  if (result < 0) return result;
  unpublished_ = 0;
  for (std::uint32_t id = 0; id < count_; ++id) {
    if (!chunks_[id].is_taken) provide(static_cast<std::uint16_t>(id));
  }
  publish();
  return 0;
}

void BufferRing::provide(std::uint16_t id) noexcept {
  io_uring_buf_ring_add(entries_, chunks_[id].data, bytes_, id, static_cast<int>(count_ - 1), unpublished_);
  ++unpublished_;
}

Chunk& BufferRing::take(std::uint16_t id, std::uint32_t size) {
  Chunk& chunk = chunks_[id];
  assert(!chunk.is_taken && "the kernel chose a buffer that it does not have");
  if (free_ <= reserve_) {
    Chunk& copy = heap_chunk({chunk.data, size});
    provide(id);
    return copy;
  }
  --free_;
  chunk.is_taken = true;
  chunk.size = size;
  chunk.next = nullptr;
  return chunk;
}

void BufferRing::recycle(std::uint16_t id) noexcept { provide(id); }

void BufferRing::give_back(std::byte* data, std::uint32_t token) noexcept {
  if (token == heap_token) {
    ::operator delete(reinterpret_cast<Chunk*>(data) - 1);
    return;
  }
  chunks_[token].is_taken = false;
  ++free_;
  provide(static_cast<std::uint16_t>(token));
}

void BufferRing::publish() noexcept {
  if (unpublished_ == 0) return;
  io_uring_buf_ring_advance(entries_, unpublished_);
  unpublished_ = 0;
}

}  // namespace gauntlet
