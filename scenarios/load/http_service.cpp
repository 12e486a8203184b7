#include <time.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <optional>

#include "runtimes/recovery/server.hpp"
#include "runtimes/task/blocking.hpp"
#include "scenarios/load/services.hpp"

namespace gauntlet {

namespace {

using http::Request;
using http::Response;
using http::Status;

constexpr std::uint32_t burn_us_max = 1'000'000;
constexpr std::string_view order_id_header = "X-Order-Id";
constexpr std::size_t order_id_size_max = 64;

std::int64_t thread_cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

/// CPU time and not wall time, so that a runtime is not helped or hurt by what else the machine does meanwhile.
void burn(std::uint32_t microseconds) {
  const std::int64_t end = thread_cpu_ns() + std::int64_t{microseconds} * 1000;
  while (thread_cpu_ns() < end) {
  }
}

Task<Response> plaintext(Request&) { co_return Response::of_static(Status::ok, "text/plain", "Hello, World!"); }

std::optional<std::uint32_t> burn_us_of(const Request& request) {
  const std::string_view text = request.parameter("us");
  std::uint32_t microseconds = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), microseconds);
  if (error != std::errc() || end != text.end() || microseconds > burn_us_max) return std::nullopt;
  return microseconds;
}

Response after_burning(const Request& request) {
  return Response::text(Status::ok, std::string(request.parameter("us")) + "\n");
}

Response not_burnt() {
  return Response::of_static(Status::bad_request, "text/plain", "microseconds: a number up to 1000000\n");
}

Task<Response> burn_on_worker(Request& request) {
  const auto microseconds = burn_us_of(request);
  if (!microseconds) co_return not_burnt();
  burn(*microseconds);
  co_return after_burning(request);
}

Task<Response> burn_on_pool(Request& request) {
  const auto microseconds = burn_us_of(request);
  if (!microseconds) co_return not_burnt();
  const auto call = [us = *microseconds] { burn(us); };
  co_await run_blocking(call);
  co_return after_burning(request);
}

bool is_order_id(std::string_view id) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  return !id.empty() && id.size() <= order_id_size_max && id.find_first_not_of(letters) == std::string_view::npos;
}

/// Every order has an id: the client's, which is checked, or a new one.
Task<Response> with_order_id(Request& request, http::Next next) {
  static std::atomic<std::uint64_t> issued{0};
  std::string id;
  if (const auto given = request.header(order_id_header)) {
    if (!is_order_id(*given)) {
      co_return Response::of_static(Status::bad_request, "text/plain",
                                    "X-Order-Id: up to 64 letters, digits, '-', '_' or '.'\n");
    }
    id = *given;
  } else {
    id = "order-" + std::to_string(issued.fetch_add(1, std::memory_order_relaxed) + 1);
    request.set_header(order_id_header, id);
  }
  const Task<Response> rest = next(request);
  Response response = co_await rest;
  response.add_header(order_id_header, id);
  co_return response;
}

Task<Response> take_order(Request& request) {
  if (request.body.empty()) co_return Response::of_static(Status::bad_request, "text/plain", "an order has a body\n");
  co_return Response(Status::created, "application/json", "{\"bytes\":" + std::to_string(request.body.size()) + "}\n");
}

}  // namespace

http::Router load_routes() {
  http::Router router;
  router.add(http::Method::get, "/plaintext", plaintext);
  router.add(http::Method::get, "/burn/{us}", burn_on_worker);
  router.add(http::Method::get, "/burn/{us}/pool", burn_on_pool);
  router.add(http::Method::post, "/orders", take_order, {with_order_id});
  return router;
}

Task<int> serve_http(ServeContext& context, http::Limits limits) {
  recovery::Server server(load_routes(), limits);
  if (const recovery::RecoveryConfig* config = context.recovery()) server.enable_request_recovery(*config);
  const Task<recovery::JournalResult<recovery::ReplayReport>> recovering = server.recover();
  const recovery::JournalResult<recovery::ReplayReport> replayed = co_await recovering;
  if (!replayed) {
    std::fprintf(stderr, "error: %s\n", replayed.error().text.c_str());
    co_return 1;
  }
  const Result<std::uint16_t> port = server.listen(Endpoint::loopback(context.port()));
  if (!port) {
    std::fprintf(stderr, "error: cannot listen on port %u: %s\n", context.port(), port.error().message().c_str());
    co_return 1;
  }
  context.ready(*port);
  const Task<Result<void>> serving = server.serve();
  const Result<void> ended = co_await serving;
  std::fprintf(stderr, "error: accepting failed: %s\n", ended.error().message().c_str());
  co_return 1;
}

}  // namespace gauntlet
