// What scenarios that offer load run inside the runtime under test.
#pragma once

#include "runtimes/http/limits.hpp"
#include "runtimes/http/router.hpp"
#include "scenarios/scenario.hpp"

namespace gauntlet {

/// GET /plaintext, GET /burn/{us} (on the worker) and /burn/{us}/pool (in a blocking call), POST /orders.
http::Router load_routes();

/// Both listen, announce their port and serve until they are cancelled. They return with an error of listening or
/// accepting only, printed to standard error. HTTP keeps its requests as the configuration file says, and returns where
/// the journal cannot be opened.
Task<int> serve_http(ServeContext& context, http::Limits limits = {});
Task<int> serve_echo(ServeContext& context);
/// One of the two, as the parameter `protocol` says.
Task<int> serve_protocol(ServeContext& context);

}  // namespace gauntlet
