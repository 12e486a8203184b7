// asio: Boost.Asio, an io_context on every worker thread; asio_uring: the same sources built on Asio's io_uring.
#pragma once

#include <expected>
#include <memory>

#include "runtimes/contract/registry.hpp"

namespace gauntlet {

/// Two configurations of Asio may not meet in one program, so one of the two is never available: it stands in another
/// worker program, and says so.
std::expected<std::unique_ptr<Runtime>, Unavailable> make_asio(const RuntimeConfig& config);
std::expected<std::unique_ptr<Runtime>, Unavailable> make_asio_uring(const RuntimeConfig& config);

/// Which of the two this program has.
bool asio_is_on_io_uring() noexcept;

}  // namespace gauntlet
