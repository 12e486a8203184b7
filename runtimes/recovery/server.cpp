#include "runtimes/recovery/server.hpp"

#include <utility>

namespace gauntlet::recovery {

namespace {

Task<void> retry(Context&, const Request& request) { return retry_original_handler(request); }

}  // namespace

Server::Server(http::Router routes, const http::Limits& limits)
    : routes_(std::make_shared<const http::Router>(std::move(routes))), limits_(limits), on_recover_(&retry) {}

void Server::enable_request_recovery(RecoveryConfig config) { config_ = std::move(config); }

Task<JournalResult<ReplayReport>> Server::recover() {
  if (!config_ || !config_->enabled) co_return ReplayReport{};
  auto opened = Recovery::open(*config_);
  if (!opened) co_return std::unexpected(opened.error());
  recovery_ = std::move(*opened);
  if (state_) recovery_->keep(state_);
  const Task<JournalResult<ReplayReport>> replaying = recovery_->replay(*routes_, on_recover_);
  co_return co_await replaying;
}

Result<std::uint16_t> Server::listen(const Endpoint& at) {
  http::Router routes = *routes_;
  if (recovery_) routes.wrap(recovery_->middleware());
  server_.emplace(std::move(routes), limits_);
  return server_->listen(at);
}

}  // namespace gauntlet::recovery
