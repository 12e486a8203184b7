// An HTTP server whose requests survive its process.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "runtimes/http/server.hpp"
#include "runtimes/recovery/config.hpp"
#include "runtimes/recovery/recovery.hpp"

namespace gauntlet::recovery {

/// Used like http::Server, inside a runtime and by one task:
///
///     recovery::Server server(std::move(routes));
///     server.enable_request_recovery(config);
///     server.on_recover(...);                       // optional
///     const auto replayed = co_await server.recover();
///     server.listen(...); co_await server.serve();
class Server {
 public:
  explicit Server(http::Router routes, const http::Limits& limits = {});

  /// From recover() on, requests are journalled as `config` says. Without it this is a plain server.
  void enable_request_recovery(RecoveryConfig config);
  /// Instead of the default, which is to ask the original handler again.
  void on_recover(RecoverHandler handler) { on_recover_ = std::move(handler); }

  /// What handlers put there changes with the requests that they complete.
  void keep_state(std::shared_ptr<StateStore> state) { state_ = std::move(state); }

  /// Opens the journal, which blocks, and replays what it holds of unfinished requests. Comes before listen(); what
  /// the error says goes to the user, and the server must not start.
  Task<JournalResult<ReplayReport>> recover();

  Result<std::uint16_t> listen(const Endpoint& at);
  Task<Result<void>> serve() { return server_->serve(); }

  /// Null before recover(), and where recovery is not enabled.
  const Recovery* recovery() const noexcept { return recovery_.get(); }

 private:
  std::shared_ptr<const http::Router> routes_;  ///< without the journal around them: what is replayed is there already
  http::Limits limits_;
  std::optional<RecoveryConfig> config_;
  RecoverHandler on_recover_;
  std::shared_ptr<StateStore> state_;
  std::shared_ptr<Recovery> recovery_;
  std::optional<http::Server> server_;
};

}  // namespace gauntlet::recovery
