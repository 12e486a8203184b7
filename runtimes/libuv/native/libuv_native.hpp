// The native twin: the servers of scenario `load` written straight on libuv, without the contract and without tasks.
#pragma once

#include <cstdint>
#include <functional>

namespace gauntlet {

enum class NativeProtocol { echo, http };

/// Echoes what it receives, or answers as PlaintextAnswers does.
///
/// On the calling thread until `stop_fd` is readable. Calls `ready` with the bound port of 127.0.0.1 once. Returns 0,
/// or minus an errno. Ignores SIGPIPE, as libuv asks for.
int run_libuv_native(NativeProtocol protocol, std::uint16_t port, int stop_fd,
                     const std::function<void(std::uint16_t)>& ready);

}  // namespace gauntlet
