#include "runtimes/task/acceptor.hpp"

#include <cerrno>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "runtimes/task/connection_limit.hpp"
#include "runtimes/task/spawn.hpp"

namespace gauntlet {

namespace {

/// What befell one connection before we had it, and says nothing about the next.
bool concerns_one_connection(const std::error_code& error) {
  if (error.category() != std::system_category()) return false;
  switch (error.value()) {
    case ECONNABORTED:  // the client left the queue again
    case EINTR:
    case EPROTO:
    case ENETDOWN:  // pending errors of the network: Linux passes them on from accept
    case EHOSTUNREACH:
    case ENETUNREACH:
#ifdef EHOSTDOWN
    case EHOSTDOWN:
#endif
    case EPERM:   // a firewall's rule
    case ENOSPC:  // accepted, but closed again: epoll may watch no more (fs.epoll.max_user_watches)
    case ENOMEM:  // likewise, for want of memory; accept's own want of it the runtime waits out
      return true;
    default:
      return false;
  }
}

using Place = ConnectionLimit::Place;

/// What the accepting tasks of one server have in common.
struct Service {
  ServeConnection serve;
  std::shared_ptr<ConnectionLimit> limit;  ///< null: there is none
  bool sheds = false;
};

Service service_of(Runtime& runtime, ServeConnection serve) {
  const RuntimeConfig& config = runtime.config();
  Service service{std::move(serve), nullptr, config.shed_connections};
  if (config.max_connections > 0) {
    service.limit = std::make_shared<ConnectionLimit>(runtime, config.max_connections);
  }
  return service;
}

Task<void> serve_in([[maybe_unused]] Place held, Task<void> serving) { co_await serving; }

/// Without memory for its task a connection is closed, which leaves the next one more.
void start_serving(Socket socket, const ServeConnection& serve, Place place) noexcept {
  try {
    if (!place) return spawn_beside(std::move(socket), serve).detach();
    const auto serve_bounded = [&serve, &place](Socket served) {
      return serve_in(std::move(place), serve(std::move(served)));
    };
    spawn_beside(std::move(socket), serve_bounded).detach();
  } catch (...) {
    return;
  }
}

/// A connection beyond the limit keeps its acceptor waiting, and others wait in the kernel.
Task<Result<void>> accept_here(Listener listener, Service service) {
  for (;;) {
    Result<Socket> accepted = co_await listener.accept();
    if (accepted) {
      Place place;
      if (service.limit != nullptr && service.sheds) {
        place = service.limit->try_take();
        if (!place) continue;
      } else if (service.limit != nullptr) {
        place = co_await service.limit->take();
      }
      start_serving(std::move(*accepted), service.serve, std::move(place));
    } else if (!concerns_one_connection(accepted.error())) {
      co_return std::unexpected(accepted.error());
    }
  }
}

/// The accepting tasks of one server, all but the handles of the others touched on the first listener's home only.
struct Acceptors {
  JoinHandle<Result<void>> own;
  std::error_code failure;  ///< of another worker
};

/// Cancels its tasks when it goes out of scope.
class Companions {
 public:
  explicit Companions(Acceptors& acceptors) noexcept : acceptors_(&acceptors) {}
  Companions(const Companions&) = delete;
  Companions& operator=(const Companions&) = delete;
  ~Companions() {
    acceptors_->own.cancel();
    for (JoinHandle<void>& task : others_) task.cancel();
  }
  void add(JoinHandle<void> task) { others_.push_back(std::move(task)); }

 private:
  Acceptors* acceptors_;
  std::vector<JoinHandle<void>> others_;
};

/// On a worker that did not open the first listener. Its failure is brought to the one that did.
Task<void> accept_beside(Listener listener, Service service, std::shared_ptr<Acceptors> acceptors,
                         std::uint16_t first) {
  std::error_code failure;
  try {
    const Task<Result<void>> accepting = accept_here(std::move(listener), std::move(service));
    const Result<void> ended = co_await accepting;
    failure = ended.error();
  } catch (const std::bad_alloc&) {
    failure = std::make_error_code(std::errc::not_enough_memory);
  }
  post_on(*this_worker()->runtime, first, [acceptors, error = failure] {
    if (!acceptors->failure) acceptors->failure = error;
    acceptors->own.cancel();
  });
}

Task<Result<Listener>> open_listener_here(Endpoint at) { co_return listen(at); }

Task<Result<void>> accept_on_every_worker(Listener first, Service service) {
  Runtime& runtime = *this_worker()->runtime;
  const std::uint16_t home = first.home();
  const Result<Endpoint> at = first.local_endpoint();
  if (!at) co_return std::unexpected(at.error());
  const auto acceptors = std::make_shared<Acceptors>();
  Companions companions(*acceptors);
  for (std::uint16_t worker = 0; worker < runtime.workers(); ++worker) {
    if (worker == home) continue;
    JoinHandle<Result<Listener>> opening = spawn_on(worker, open_listener_here(*at));
    TaskResult<Result<Listener>> opened = co_await opening;
    if (!opened) co_return std::unexpected(opened.error().code());
    if (!*opened) co_return std::unexpected(opened->error());
    companions.add(spawn_on(worker, accept_beside(std::move(**opened), service, acceptors, home)));
  }
  // One of them may have failed while the others were being opened.
  if (acceptors->failure) co_return std::unexpected(acceptors->failure);
  acceptors->own = spawn(accept_here(std::move(first), std::move(service)));
  TaskResult<Result<void>> ended = co_await acceptors->own;
  if (acceptors->failure) co_return std::unexpected(acceptors->failure);
  if (!ended) co_return std::unexpected(ended.error().code());
  co_return *ended;
}

}  // namespace

Task<Result<void>> accept_connections(Listener listener, ServeConnection serve) {
  Runtime& runtime = *this_worker()->runtime;
  const bool everywhere = runtime.traits().accepts_per_worker && runtime.workers() > 1;
  Service service = service_of(runtime, std::move(serve));
  return everywhere ? accept_on_every_worker(std::move(listener), std::move(service))
                    : accept_here(std::move(listener), std::move(service));
}

}  // namespace gauntlet
