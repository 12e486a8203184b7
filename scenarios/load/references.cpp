#include "scenarios/load/references.hpp"

#include <cassert>
#include <cstdio>
#include <cstring>

#include "runtimes/asio/native/asio_native.hpp"
#include "runtimes/libuv/native/libuv_native.hpp"
#include "scenarios/load/floors/floor_epoll.hpp"
#include "scenarios/load/floors/floor_io_uring.hpp"

namespace gauntlet {

namespace {

int run_native_on_libuv(ReferenceContext& context) {
  const auto protocol = context.parameters.word("protocol") == "http" ? NativeProtocol::http : NativeProtocol::echo;
  const int result = run_libuv_native(protocol, context.port, context.stop_fd,
                                      [&context](std::uint16_t port) { context.ready(port); });
  if (result == 0) return 0;
  std::fprintf(stderr, "error: cannot serve on port %u: %s\n", context.port, std::strerror(-result));
  return 1;
}

int run_native_on_asio(ReferenceContext& context, bool asked_for_io_uring) {
  if (asked_for_io_uring != asio_native_is_on_io_uring()) {
    std::fprintf(stderr, "error: the Asio of this program is on %s, ask the other worker program\n",
                 asked_for_io_uring ? "epoll" : "io_uring");
    return 1;
  }
  return run_asio_native({.http = context.parameters.word("protocol") == "http",
                          .port = context.port,
                          .stop_fd = context.stop_fd,
                          .ready = [&context](std::uint16_t port) { context.ready(port); }});
}

}  // namespace

int run_load_reference(std::string_view name, ReferenceContext& context) {
  if (name == "libuv_native") return run_native_on_libuv(context);
  if (name == "asio_native") return run_native_on_asio(context, false);
  if (name == "asio_uring_native") return run_native_on_asio(context, true);
  if (name == "floor_io_uring") return run_floor_io_uring(context);
  assert(name == "floor_epoll");
  return run_floor_epoll(context);
}

}  // namespace gauntlet
