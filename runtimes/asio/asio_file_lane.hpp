// What Asio moves the bytes of a file through, where it can.
#pragma once

#include <boost/asio/detail/config.hpp>

#if defined(BOOST_ASIO_HAS_FILE)
#include <boost/asio/basic_random_access_file.hpp>

#include "runtimes/asio/asio_socket.hpp"
#include "runtimes/asio/handler_memory.hpp"
#include "runtimes/contract/file_op.hpp"

namespace gauntlet {

/// One read or write under way. Asio starts the operations of one file object one after another; so each gets an object
/// of its own, which borrows the descriptor until the handler has come.
struct AsioFileLane {
  explicit AsioFileLane(const AsioExecutor& executor) : file(executor) {}

  HandlerMemory memory;  ///< outlives `file`, whose destructor may end operations
  boost::asio::basic_random_access_file<AsioExecutor> file;
  FileOp* op = nullptr;
  AsioFileLane* next = nullptr;  ///< among those that nobody uses
};

}  // namespace gauntlet
#endif
