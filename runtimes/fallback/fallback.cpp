#include "runtimes/fallback/fallback.hpp"

#include <cerrno>

#include "runtimes/fallback/fallback_runtime.hpp"

namespace gauntlet {

std::expected<std::unique_ptr<Runtime>, Unavailable> make_fallback(const RuntimeConfig& config) {
  auto wake = FallbackRuntime::open_wake();
  if (!wake) return std::unexpected(Unavailable{"eventfd: " + wake.error().message()});
  return std::make_unique<FallbackRuntime>(config, std::move(*wake));
}

}  // namespace gauntlet
