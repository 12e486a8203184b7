#include "runtimes/asio/asio.hpp"

#include <exception>
#include <string>

#include "runtimes/asio/asio_loop.hpp"

namespace gauntlet {

namespace {

#if defined(BOOST_ASIO_HAS_IO_URING)
constexpr bool on_io_uring = true;
#else
constexpr bool on_io_uring = false;
#endif

std::expected<std::unique_ptr<Runtime>, Unavailable> make_here(const RuntimeConfig& config, const char* name) {
  RuntimeConfig own = config;
  own.backend = name;
  try {
    return std::make_unique<AsioLoop>(own);
  } catch (const std::exception& error) {
    // Asio throws what the kernel refused when it opens its reactor or its ring.
    return std::unexpected(Unavailable{std::string(name) + ": " + error.what()});
  }
}

std::unexpected<Unavailable> elsewhere(const char* name, const char* program) {
  return std::unexpected(Unavailable{std::string(name) + " stands in " + program +
                                     ": two configurations of Asio may not meet in one program"});
}

}  // namespace

bool asio_is_on_io_uring() noexcept { return on_io_uring; }

std::expected<std::unique_ptr<Runtime>, Unavailable> make_asio(const RuntimeConfig& config) {
  if constexpr (on_io_uring) return elsewhere("asio", "gauntlet-worker");
  return make_here(config, "asio");
}

std::expected<std::unique_ptr<Runtime>, Unavailable> make_asio_uring(const RuntimeConfig& config) {
  if constexpr (!on_io_uring) return elsewhere("asio_uring", "gauntlet-worker-asio-uring");
  return make_here(config, "asio_uring");
}

}  // namespace gauntlet
