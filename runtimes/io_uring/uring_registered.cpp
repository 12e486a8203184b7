// The ring's own table of files: a request on one spares the kernel the look-up in the table of the process.
#include <sys/resource.h>

#include <algorithm>

#include "runtimes/io_uring/uring_loop.hpp"

namespace gauntlet {

namespace {

/// A slot has the number of its descriptor. Beyond these, sockets are not in the table.
constexpr rlim_t most_slots = 32'768;

std::uint32_t usable_slots() noexcept {
  rlimit descriptors{};
  // The kernel refuses a table with more room than the process may have files.
  if (getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return 0;
  return static_cast<std::uint32_t>(std::min(descriptors.rlim_cur, most_slots));
}

constexpr int no_file = -1;

}  // namespace

RingOptions UringLoop::ring_options(const RuntimeConfig& config) noexcept {
  return {.polls = config.sqpoll, .files = config.registered_files ? usable_slots() : 0};
}

/// Before the first request on the socket, in the same queue: requests are taken up in order. It fails only where the
/// kernel has no memory for it, and then so do they (EBADF).
void UringLoop::register_file(UringSocket& socket) noexcept {
  if (is_registered(socket) || static_cast<std::uint32_t>(socket.fd) >= ring_->file_slots()) return;
  io_uring_sqe& entry = ring_->next_entry();
  io_uring_prep_files_update(&entry, &socket.fd, 1, socket.fd);
  entry.flags |= IOSQE_CQE_SKIP_SUCCESS;
  entry.user_data = loop_note(Note::nobody_asks);
  socket.registered_in = ring_number_;
}

/// Before the descriptor is closed, or the table would keep the connection open.
void UringLoop::unregister_file(UringSocket& socket) noexcept {
  if (!is_registered(socket)) return;
  io_uring_sqe& entry = ring_->next_entry();
  io_uring_prep_files_update(&entry, const_cast<int*>(&no_file), 1, socket.fd);
  entry.flags |= IOSQE_CQE_SKIP_SUCCESS;
  entry.user_data = loop_note(Note::nobody_asks);
}

}  // namespace gauntlet
