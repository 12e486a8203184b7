#include "runtimes/http/tests/running_server.hpp"

#include <utility>

#include "runtimes/task/spawn.hpp"

namespace gauntlet::http::fixtures {

namespace {

Task<Response> say_hello(Request&) { co_return Response::of_static(Status::ok, "text/plain", "hello"); }
Task<Response> echo_body(Request& request) { co_return Response::text(Status::ok, std::string(request.body)); }

Task<void> serve(Server& server, std::uint16_t& port, std::promise<Runtime*>& started) {
  port = server.listen(Endpoint::loopback(0)).value_or(0);
  started.set_value(this_worker()->runtime);
  if (port != 0) co_await server.serve();
}

}  // namespace

RunningServer::RunningServer(const std::string& backend, Router router, const Limits& limits, std::uint32_t workers) {
  RuntimeConfig config;
  config.backend = backend;
  config.worker_threads = workers;
  thread_ = std::thread(&RunningServer::run, this, config, Server(std::move(router), limits));
  runtime_ = started_.get_future().get();
}

RunningServer::~RunningServer() {
  if (runtime_ != nullptr) runtime_->stop();
  stopped_.set_value();
  thread_.join();
}

void RunningServer::run(const RuntimeConfig& config, Server server) {
  auto runtime = make_runtime(config);
  if (!runtime) {
    why_unavailable_ = runtime.error().reason;
    started_.set_value(nullptr);
    return;
  }
  spawn(**runtime, serve(server, port_, started_)).detach();
  (*runtime)->run();
  stopped_.get_future().wait();  // the runtime outlives stop()
}

Router hello_and_echo() {
  Router router;
  router.add(Method::get, "/hello", say_hello);
  router.add(Method::post, "/echo", echo_body);
  return router;
}

}  // namespace gauntlet::http::fixtures
