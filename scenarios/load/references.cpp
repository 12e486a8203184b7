#include "scenarios/load/references.hpp"

#include <cassert>
#include <cstdio>
#include <cstring>

#include "runtimes/libuv/native/libuv_native.hpp"
#include "scenarios/load/floors/floor_epoll.hpp"

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

}  // namespace

int run_load_reference(std::string_view name, ReferenceContext& context) {
  if (name == "libuv_native") return run_native_on_libuv(context);
  assert(name == "floor_epoll");
  return run_floor_epoll(context);
}

}  // namespace gauntlet
