#include "scenarios/crash_recovery/order_service.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>

#include "runtimes/recovery/server.hpp"
#include "runtimes/recovery/trace_context.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet {

namespace {

using http::Request;
using http::Response;
using http::Status;

/// Written with one call a line, so that a kill leaves whole lines. It needs no synchronisation: the machine stays up.
class EffectSink {
 public:
  explicit EffectSink(const std::string& path)
      : fd_(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666)) {}
  EffectSink(const EffectSink&) = delete;
  EffectSink& operator=(const EffectSink&) = delete;
  ~EffectSink() { ::close(fd_); }
  bool is_open() const { return fd_ >= 0; }
  bool add(const std::string& line) const {
    return ::write(fd_, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  }

 private:
  const int fd_;
};

/// An order without a key could not be told from its repetition.
Task<Response> require_key(Request& request, http::Next next) {
  if (!request.header("Idempotency-Key")) {
    co_return Response::text(Status::bad_request, "an order has an Idempotency-Key\n");
  }
  const Task<Response> rest = next(request);
  co_return co_await rest;
}

http::Router routes(const std::shared_ptr<EffectSink>& sink, std::chrono::microseconds work) {
  http::Router router;
  const auto take_order = [sink, work](Request& request) -> Task<Response> {
    co_await sleep_for(work);
    const std::string key(request.header("Idempotency-Key").value_or(""));
    const std::string trace(recovery::trace_id_of(request.header(recovery::traceparent_header).value_or("")));
    if (!sink->add(key + " " + trace + "\n")) co_return Response::text(Status::internal_server_error, "no effect\n");
    co_return Response(Status::created, "application/json", "{\"order\":\"" + key + "\"}\n");
  };
  router.add(http::Method::post, "/orders", take_order, {require_key});
  return router;
}

recovery::RecoveryConfig config_of(const Parameters& parameters, const std::string& folder) {
  recovery::RecoveryConfig config;
  config.journal_path = folder + "/journal";
  config.promise = promise_named(parameters.word("promise"));
  config.segment_bytes = static_cast<std::uint64_t>(parameters.integer("segment_kib")) * 1024;
  // All of them, so that the clients can ask again for whatever was answered.
  config.remembered_keys_max = 10'000'000;
  return config;
}

int fail(const std::string& sentence) {
  std::fprintf(stderr, "error: %s\n", sentence.c_str());
  return 1;
}

}  // namespace

recovery::Promise promise_named(const std::string& name) {
  return name == "accepted" ? recovery::Promise::accepted : recovery::Promise::completed;
}

Task<int> serve_orders(ServeContext& context) {
  std::string folder = context.parameters().word("journal_path");
  const bool told = folder == journal_folder_told;
  if (told) {
    context.ready(0);
    folder = co_await context.next_command();
  }
  const auto began = std::chrono::steady_clock::now();
  const auto sink = std::make_shared<EffectSink>(folder + "/effects");
  if (!sink->is_open()) co_return fail("no file can be written in journal_path " + folder);
  recovery::Server server(routes(sink, std::chrono::microseconds(context.parameters().integer("work_us"))));
  server.enable_request_recovery(config_of(context.parameters(), folder));
  const Task<recovery::JournalResult<recovery::ReplayReport>> recovering = server.recover();
  const recovery::JournalResult<recovery::ReplayReport> replayed = co_await recovering;
  if (!replayed) co_return fail(replayed.error().text);
  const Result<std::uint16_t> port = server.listen(Endpoint::loopback(context.port()));
  if (!port) co_return fail("cannot listen: " + port.error().message());
  if (!told) context.ready(*port);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  context.report({{"port", *port},
                  {"incomplete", static_cast<double>(replayed->incomplete)},
                  {"dead", static_cast<double>(replayed->dead)},
                  {"recovery_ms", took.count() * 1e3}});
  const Task<Result<void>> serving = server.serve();
  const Result<void> ended = co_await serving;
  co_return fail("accepting failed: " + ended.error().message());
}

}  // namespace gauntlet
