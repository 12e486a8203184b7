// The native twin: the load scenario's server written straight on Asio, as somebody would who has never heard of us.
#pragma once

#include <cstdint>
#include <functional>

namespace gauntlet {

struct AsioNativeOptions {
  bool http = false;       ///< answers as PlaintextAnswers does; else sends back what came
  std::uint16_t port = 0;  ///< on 127.0.0.1; 0 lets the kernel choose
  int stop_fd = -1;        ///< readable when it is to return
  std::function<void(std::uint16_t port)> ready;
};

/// Which configuration of Asio this program has.
bool asio_native_is_on_io_uring() noexcept;

/// On the calling thread. Returns 0; 1 when it cannot listen, which it has said on standard error.
int run_asio_native(const AsioNativeOptions& options);

}  // namespace gauntlet
