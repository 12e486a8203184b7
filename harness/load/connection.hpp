// One TCP connection of the load generator, with the requests that wait on it for their answers.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/load/address.hpp"

namespace gauntlet {

/// A request that has been sent. Times are CLOCK_MONOTONIC.
struct PendingRequest {
  std::uint64_t id = 0;
  std::int64_t intended_ns = 0;
  std::int64_t sent_ns = 0;
  bool measured = false;  ///< it belongs to the window
  bool is_other = false;  ///< it is of the plan's other kind
};

/// Owns its socket. Non-blocking; belongs to one thread.
class Connection {
 public:
  enum class State { lost, connecting, open };

  /// `pipeline`: most requests that wait at one time.
  explicit Connection(std::uint32_t pipeline);
  ~Connection();
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&&) = delete;

  /// Begins to connect; `open` follows with finish_connect() when the socket is writable. Returns an errno, or 0.
  int begin_connect(const Address& address);
  /// Returns an errno, or 0: then the connection is open.
  int finish_connect();
  /// Drops the socket and all bytes; the requests stay, for the caller to account for.
  void close();

  /// Sends what it can now and keeps the rest for flush(). Returns an errno, or 0.
  int send(std::string_view bytes);
  int flush();
  bool has_unsent() const { return !unsent_.empty(); }

  /// Bytes that have come so far and are not taken: those of `fresh` behind those kept earlier. Valid until keep().
  std::string_view append(std::string_view fresh);
  /// Keeps `rest`, the end of what append() returned, until the next append().
  void keep(std::string_view rest);

  void push(const PendingRequest& request) {
    pending_[(first_ + waiting_) & (pending_.size() - 1)] = request;
    ++waiting_;
  }
  PendingRequest& front() { return pending_[first_]; }
  void pop() {
    first_ = (first_ + 1) & (pending_.size() - 1);
    --waiting_;
  }
  std::size_t waiting() const { return waiting_; }

  int fd() const { return fd_; }
  State state() const { return state_; }

  // Kept for the engine, which alone reads and writes them.
  std::size_t bytes_needed = 0;  ///< before these many bytes are there, the next answer is not whole
  std::int64_t idle_since_ns = 0;
  bool is_listed_idle = false;
  bool wants_writable = false;   ///< epoll reports when it can be written to
  std::int64_t retry_at_ns = 0;  ///< of a lost one
  std::int64_t retry_delay_ns = 0;
  std::uint32_t generation = 0;  ///< of its socket; tells late events of an earlier one

 private:
  int fd_ = -1;
  State state_ = State::lost;
  std::vector<PendingRequest> pending_;  ///< ring; its size is a power of two
  std::size_t first_ = 0;
  std::size_t waiting_ = 0;
  std::string unread_;
  std::string unsent_;
};

}  // namespace gauntlet
