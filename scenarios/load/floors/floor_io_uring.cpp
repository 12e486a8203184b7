#include "scenarios/load/floors/floor_io_uring.hpp"

#include <liburing.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtimes/contract/endpoint.hpp"

namespace gauntlet {

namespace {

constexpr std::string_view answer =
    "HTTP/1.1 200 OK\r\nServer: gauntlet\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Type: text/plain\r\n"
    "Content-Length: 13\r\n\r\nHello, World!";
constexpr std::string_view end_of_request = "\r\n\r\n";
constexpr std::size_t answers_per_send = 256;
constexpr unsigned buffer_count = 1024;  // a power of two
constexpr unsigned buffer_bytes = 16 * 1024;

/// What a completion is about: the low bits of user_data, below the descriptor.
enum class About : std::uint64_t { stop, accepted, received, sent };

/// Received bytes that have not been echoed whole.
struct Echo {
  std::uint16_t buffer;
  std::size_t at;
  std::size_t size;
};

struct Connection {
  std::deque<Echo> echoes;
  std::size_t answers_owed = 0;
  std::size_t answer_bytes_sent = 0;  ///< of the first
  bool sends = false;
  bool receives = false;
  bool ended = false;
};

class RingFloor {
 public:
  RingFloor(bool http, int stop_fd) : http_(http), stop_fd_(stop_fd) {
    for (std::size_t i = 0; i < answers_per_send; ++i) answers_ += answer;
  }
  RingFloor(const RingFloor&) = delete;
  RingFloor& operator=(const RingFloor&) = delete;
  ~RingFloor();

  /// 0 or minus an errno.
  int set_up();
  int listen_on(std::uint16_t port, std::uint16_t& bound);
  int run();

 private:
  io_uring_sqe& entry(About about, int fd);
  void accept();
  void receive(int fd);
  void send(int fd);
  void took(int fd, const io_uring_cqe& completion);
  void sent(int fd, int result);
  void provide(std::uint16_t id) {
    io_uring_buf_ring_add(ring_of_buffers_, memory_ + std::size_t{id} * buffer_bytes, buffer_bytes, id,
                          buffer_count - 1, provided_++);
  }
  void close_if_done(int fd);

  bool http_;
  int stop_fd_;
  int listener_ = -1;
  io_uring ring_{};
  bool has_ring_ = false;
  io_uring_buf_ring* ring_of_buffers_ = nullptr;
  char* memory_ = nullptr;
  int provided_ = 0;
  std::string answers_;
  std::vector<Connection> connections_;  ///< by descriptor
};

constexpr std::size_t entries_bytes = buffer_count * sizeof(io_uring_buf);
constexpr std::size_t mapped_bytes = entries_bytes + std::size_t{buffer_count} * buffer_bytes;

RingFloor::~RingFloor() {
  if (has_ring_) io_uring_queue_exit(&ring_);
  if (ring_of_buffers_ != nullptr) munmap(ring_of_buffers_, mapped_bytes);
  for (std::size_t fd = 0; fd < connections_.size(); ++fd) {
    if (connections_[fd].receives || connections_[fd].sends) close(static_cast<int>(fd));
  }
  if (listener_ >= 0) close(listener_);
}

int RingFloor::set_up() {
  io_uring_params parameters{};
  parameters.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE;
  parameters.cq_entries = 8192;
  if (const int result = io_uring_queue_init_params(1024, &ring_, &parameters); result < 0) return result;
  has_ring_ = true;
  io_uring_register_ring_fd(&ring_);
  void* mapped = mmap(nullptr, mapped_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return -errno;
  ring_of_buffers_ = static_cast<io_uring_buf_ring*>(mapped);
  memory_ = static_cast<char*>(mapped) + entries_bytes;
  io_uring_buf_ring_init(ring_of_buffers_);
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<std::uintptr_t>(mapped);
  registration.ring_entries = buffer_count;
  if (const int result = io_uring_register_buf_ring(&ring_, &registration, 0); result < 0) return result;
  for (unsigned id = 0; id < buffer_count; ++id) provide(static_cast<std::uint16_t>(id));
  return 0;
}

int RingFloor::listen_on(std::uint16_t port, std::uint16_t& bound) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  const Endpoint at = Endpoint::loopback(port);
  if (listener_ < 0 || setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      setsockopt(listener_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
      bind(listener_, at.native(), at.native_size()) != 0 || ::listen(listener_, 4096) != 0) {
    return -errno;
  }
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) return -errno;
  bound = Endpoint::from_native(address).port();
  return 0;
}

io_uring_sqe& RingFloor::entry(About about, int fd) {
  io_uring_sqe* free = io_uring_get_sqe(&ring_);
  while (free == nullptr) {
    io_uring_submit(&ring_);
    free = io_uring_get_sqe(&ring_);
  }
  std::memset(free, 0, sizeof *free);
  free->user_data = static_cast<std::uint64_t>(fd) << 2 | static_cast<std::uint64_t>(about);
  return *free;
}

void RingFloor::accept() {
  io_uring_sqe& made = entry(About::accepted, listener_);
  io_uring_prep_multishot_accept(&made, listener_, nullptr, nullptr, SOCK_CLOEXEC);
}

void RingFloor::receive(int fd) {
  io_uring_sqe& made = entry(About::received, fd);
  io_uring_prep_recv_multishot(&made, fd, nullptr, 0, 0);
  made.flags |= IOSQE_BUFFER_SELECT;
  connections_[static_cast<std::size_t>(fd)].receives = true;
}

/// What is due next, one send at a time for each connection.
void RingFloor::send(int fd) {
  Connection& connection = connections_[static_cast<std::size_t>(fd)];
  if (connection.sends || connection.ended) return;
  const char* bytes = nullptr;
  std::size_t size = 0;
  if (connection.answers_owed > 0) {
    bytes = answers_.data() + connection.answer_bytes_sent;
    size = std::min(connection.answers_owed, answers_per_send) * answer.size() - connection.answer_bytes_sent;
  } else if (!connection.echoes.empty()) {
    const Echo& echo = connection.echoes.front();
    bytes = memory_ + std::size_t{echo.buffer} * buffer_bytes + echo.at;
    size = echo.size - echo.at;
  } else {
    return;
  }
  io_uring_sqe& made = entry(About::sent, fd);
  io_uring_prep_send(&made, fd, bytes, size, MSG_NOSIGNAL | MSG_WAITALL);
  connection.sends = true;
}

void RingFloor::took(int fd, const io_uring_cqe& completion) {
  Connection& connection = connections_[static_cast<std::size_t>(fd)];
  const bool has_buffer = (completion.flags & IORING_CQE_F_BUFFER) != 0;
  const auto buffer = static_cast<std::uint16_t>(completion.flags >> IORING_CQE_BUFFER_SHIFT);
  connection.receives = (completion.flags & IORING_CQE_F_MORE) != 0;
  if (completion.res > 0 && http_) {
    const std::string_view bytes(memory_ + std::size_t{buffer} * buffer_bytes,
                                 static_cast<std::size_t>(completion.res));
    for (std::size_t at = 0; (at = bytes.find(end_of_request, at)) != std::string_view::npos;
         at += end_of_request.size()) {
      ++connection.answers_owed;
    }
    provide(buffer);
  } else if (completion.res > 0) {
    connection.echoes.push_back({buffer, 0, static_cast<std::size_t>(completion.res)});
  } else if (has_buffer) {
    provide(buffer);
  }
  if (completion.res == 0 || (completion.res < 0 && completion.res != -ENOBUFS)) connection.ended = true;
  if (!connection.ended && !connection.receives) receive(fd);
  send(fd);
  close_if_done(fd);
}

void RingFloor::sent(int fd, int result) {
  Connection& connection = connections_[static_cast<std::size_t>(fd)];
  connection.sends = false;
  if (result <= 0) {
    connection.ended = true;
    // Ends the receive too, whose last completion then closes the descriptor.
    shutdown(fd, SHUT_RDWR);
  } else if (connection.answers_owed > 0) {
    const std::size_t all = connection.answer_bytes_sent + static_cast<std::size_t>(result);
    connection.answers_owed -= all / answer.size();
    connection.answer_bytes_sent = all % answer.size();
  } else {
    Echo& echo = connection.echoes.front();
    echo.at += static_cast<std::size_t>(result);
    if (echo.at == echo.size) {
      provide(echo.buffer);
      connection.echoes.pop_front();
    }
  }
  send(fd);
  close_if_done(fd);
}

void RingFloor::close_if_done(int fd) {
  Connection& connection = connections_[static_cast<std::size_t>(fd)];
  if (!connection.ended || connection.receives || connection.sends) return;
  for (const Echo& echo : connection.echoes) provide(echo.buffer);
  connection = {};
  close(fd);
}

int RingFloor::run() {
  accept();
  io_uring_prep_poll_add(&entry(About::stop, stop_fd_), stop_fd_, POLLIN);
  for (;;) {
    if (provided_ > 0) io_uring_buf_ring_advance(ring_of_buffers_, std::exchange(provided_, 0));
    const int result = io_uring_submit_and_wait(&ring_, 1);
    if (result < 0 && result != -EINTR) return result;
    unsigned head = 0;
    unsigned seen = 0;
    io_uring_cqe* completion = nullptr;
    io_uring_for_each_cqe(&ring_, head, completion) {
      ++seen;
      const int fd = static_cast<int>(completion->user_data >> 2);
      switch (static_cast<About>(completion->user_data & 3)) {
        case About::stop:
          return 0;
        case About::accepted:
          if ((completion->flags & IORING_CQE_F_MORE) == 0) accept();
          if (completion->res < 0) break;
          connections_.resize(std::max(connections_.size(), static_cast<std::size_t>(completion->res) + 1));
          receive(completion->res);
          break;
        case About::received:
          took(fd, *completion);
          break;
        case About::sent:
          sent(fd, completion->res);
          break;
      }
    }
    io_uring_cq_advance(&ring_, seen);
  }
}

}  // namespace

int run_floor_io_uring(ReferenceContext& context) {
  RingFloor floor(context.parameters.word("protocol") == "http", context.stop_fd);
  if (const int result = floor.set_up(); result < 0) {
    std::fprintf(stderr, "error: no io_uring as the floor needs it (Linux 6.1): %s\n", std::strerror(-result));
    return 1;
  }
  std::uint16_t port = 0;
  if (const int result = floor.listen_on(context.port, port); result < 0) {
    std::fprintf(stderr, "error: cannot listen on port %u: %s\n", context.port, std::strerror(-result));
    return 1;
  }
  context.ready(port);
  if (const int result = floor.run(); result < 0) {
    std::fprintf(stderr, "error: io_uring_enter: %s\n", std::strerror(-result));
    return 1;
  }
  return 0;
}

}  // namespace gauntlet
