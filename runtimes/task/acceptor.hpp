// What every server does first: accept, on all workers.
#pragma once

#include <functional>

#include "runtimes/task/io.hpp"
#include "runtimes/task/task.hpp"

namespace gauntlet {

/// A connection's task; called on the worker that accepted, and spawned on the home of the socket.
using ServeConnection = std::function<Task<void>(Socket)>;

/// Accepts on `listener`, each connection a task of its own, until it is cancelled or accepting fails for a reason that
/// concerns more than one connection. Where the runtime accepts per worker, every worker does so, on a listener of its
/// own at the same endpoint; a failure of one ends all. Runs on the listener's home.
///
/// At RuntimeConfig::max_connections it stops accepting until one has ended, without spinning; with shed_connections it
/// goes on and closes at once what is too many.
Task<Result<void>> accept_connections(Listener listener, ServeConnection serve);

}  // namespace gauntlet
