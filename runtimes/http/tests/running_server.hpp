// An HTTP server on a thread of its own, on one of the registry's runtimes.
#pragma once

#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "runtimes/contract/registry.hpp"
#include "runtimes/contract/tests/contenders.hpp"
#include "runtimes/http/server.hpp"

namespace gauntlet::http::fixtures {

class RunningServer {
 public:
  /// Ready to be connected to when it returns; why_unavailable() otherwise.
  RunningServer(const std::string& backend, Router router, const Limits& limits = {}, std::uint32_t workers = 1);
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;
  ~RunningServer();

  std::uint16_t port() const noexcept { return port_; }
  const std::string& why_unavailable() const noexcept { return why_unavailable_; }

 private:
  void run(const RuntimeConfig& config, Server server);

  std::promise<Runtime*> started_;
  std::promise<void> stopped_;
  Runtime* runtime_ = nullptr;
  std::uint16_t port_ = 0;
  std::string why_unavailable_;
  std::thread thread_;
};

using gauntlet::fixtures::contenders;

/// GET /hello answers "hello", POST /echo the body that was sent.
Router hello_and_echo();
inline constexpr std::string_view hello = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";

}  // namespace gauntlet::http::fixtures
