#include "scenarios/crash_recovery/order_service.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstdio>
#include <memory>
#include <vector>

#include "runtimes/failpoint/failpoint.hpp"
#include "runtimes/recovery/server.hpp"
#include "runtimes/recovery/trace_context.hpp"
#include "runtimes/task/time.hpp"
#include "scenarios/crash_recovery/order_body.hpp"
#include "scenarios/crash_recovery/unix_address.hpp"

namespace gauntlet {

namespace {

using http::Request;
using http::Response;
using http::Status;

/// Tells of each effect with one call, so that a crash leaves whole ones: to the socket that stands at the path, and
/// where none does, as a line of the file there. A file needs no synchronisation: the machine stays up.
class EffectOutlet {
 public:
  explicit EffectOutlet(const std::string& path) : fd_(connected_to(path)), is_socket_(fd_ >= 0) {
    if (!is_socket_) fd_ = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  }
  EffectOutlet(const EffectOutlet&) = delete;
  EffectOutlet& operator=(const EffectOutlet&) = delete;
  ~EffectOutlet() { ::close(fd_); }
  bool is_open() const { return fd_ >= 0; }
  bool add(const std::string& effect) const {
    const std::string text = is_socket_ ? effect : effect + "\n";
    const ssize_t told =
        is_socket_ ? ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) : ::write(fd_, text.data(), text.size());
    return told == static_cast<ssize_t>(text.size());
  }

 private:
  static int connected_to(const std::string& path) {
    const auto address = unix_address(path);
    if (!address) return -1;
    const int fd = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0) return fd;
    ::close(fd);
    return -1;
  }

  int fd_;
  const bool is_socket_;
};

/// What the harness has to say to a server, in one word: its folder, and what to crash at.
struct Orders {
  std::string folder;
  std::vector<FailpointPlan> failpoints;
};

Orders orders_in(const std::string& command) {
  const std::size_t end = std::min(command.find('\n'), command.size());
  const auto plans = parse_failpoints(std::string_view(command).substr(std::min(end + 1, command.size())));
  assert(plans.has_value() && "drive() writes what this reads");
  return {.folder = command.substr(0, end), .failpoints = *plans};
}

/// An order without a key could not be told from its repetition.
Task<Response> require_key(Request& request, http::Next next) {
  if (!request.header("Idempotency-Key")) {
    co_return Response::text(Status::bad_request, "an order has an Idempotency-Key\n");
  }
  const Task<Response> rest = next(request);
  co_return co_await rest;
}

/// `known_bodies`: an order with another body than order_body() is refused; those of a person at a keyboard are taken.
http::Router routes(const std::shared_ptr<EffectOutlet>& outlet, std::chrono::microseconds work, bool known_bodies) {
  http::Router router;
  const auto take_order = [outlet, work, known_bodies](Request& request) -> Task<Response> {
    co_await sleep_for(work);
    const std::string key(request.header("Idempotency-Key").value_or(""));
    const std::string trace(recovery::trace_id_of(request.header(recovery::traceparent_header).value_or("")));
    if (known_bodies && request.body != order_body(key)) {
      co_return Response::text(Status::internal_server_error, "another order\n");
    }
    if (!outlet->add(key + " " + trace)) co_return Response::text(Status::internal_server_error, "no effect\n");
    co_return Response(Status::created, "application/json", "{\"order\":\"" + key + "\"}\n");
  };
  router.add(http::Method::post, "/orders", take_order, {require_key});
  return router;
}

recovery::RecoveryConfig config_of(const Parameters& parameters, const std::string& folder) {
  recovery::RecoveryConfig config;
  config.journal_path = folder + "/journal";
  config.journal_backend = parameters.word("journal_backend");
  config.promise = promise_named(parameters.word("promise"));
  config.segment_bytes = static_cast<std::uint64_t>(parameters.integer("segment_kib")) * 1024;
  config.body_inline_bytes_max = body_inline_bytes_max;
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
    const Task<std::string> told_soon = context.next_command();
    const Orders orders = orders_in(co_await told_soon);
    folder = orders.folder;
    // A crash is what is wanted here; its core would be of no use.
    const rlimit no_core{};
    ::setrlimit(RLIMIT_CORE, &no_core);
    if (!arm_failpoints(orders.failpoints, folder + "/" + failpoints_record)) co_return fail("no record can be kept");
  }
  const auto began = std::chrono::steady_clock::now();
  const auto outlet = std::make_shared<EffectOutlet>(folder + "/" + effects_name);
  if (!outlet->is_open()) co_return fail("no file can be written in journal_path " + folder);
  const std::chrono::microseconds work(context.parameters().integer("work_us"));
  recovery::Server server(routes(outlet, work, told));
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
