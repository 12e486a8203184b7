// What a foreign descriptor is polled through.
#pragma once

#include <array>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cstdint>

#include "runtimes/asio/asio_socket.hpp"
#include "runtimes/asio/handler_memory.hpp"
#include "runtimes/contract/op.hpp"

namespace gauntlet {

/// Borrows the descriptor from the start of an operation until the last of its handlers, of which there is one for each
/// direction that it asks for.
struct AsioPoll {
  explicit AsioPoll(const AsioExecutor& executor) : descriptor(executor) {}

  std::array<HandlerMemory, 2> memory;  ///< outlives `descriptor`, whose destructor may end operations
  boost::asio::posix::basic_stream_descriptor<AsioExecutor> descriptor;
  PollOp* op = nullptr;
  AsioPoll* next = nullptr;       ///< among those that nobody uses
  std::uint32_t outstanding = 0;  ///< handlers that Asio still owes
  std::uint8_t ready = 0;         ///< bits of PollFor
  std::int32_t failure = 0;       ///< if there are none
  bool has_given_up_fd = false;
};

}  // namespace gauntlet
