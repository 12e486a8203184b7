#include "runtimes/http/connection.hpp"

#include <chrono>
#include <utility>

#include "runtimes/http/connection_input.hpp"
#include "runtimes/http/request_reader.hpp"
#include "runtimes/http/response_writer.hpp"
#include "runtimes/task/spawn.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet::http {

namespace {

/// Pipelined answers leave at this size, so that a client that never reads cannot make us collect them all.
constexpr std::size_t batch_bytes_max = 64 * 1024;
constexpr std::chrono::seconds linger_time{2};

class ConnectionCount {
 public:
  explicit ConnectionCount(Service& service) noexcept
      : connections_(&service.connections), before_(connections_->fetch_add(1, std::memory_order_relaxed)) {}
  ConnectionCount(const ConnectionCount&) = delete;
  ConnectionCount& operator=(const ConnectionCount&) = delete;
  ~ConnectionCount() { connections_->fetch_sub(1, std::memory_order_relaxed); }
  std::uint32_t before() const noexcept { return before_; }

 private:
  std::atomic<std::uint32_t>* connections_;
  std::uint32_t before_;
};

Task<void> drain(Socket socket) {
  for (;;) {
    const Result<Buffer> received = co_await socket.receive();
    if (!received || received->empty()) break;
  }
  co_await socket.close();
}

Task<void> cancel_later(JoinHandle<void> task) {
  co_await sleep_for(linger_time);
  task.cancel();
}

/// Closing a socket with unread bytes resets the connection, which may destroy our last answer on its way. So the
/// client is read to its end, for a while.
Task<void> linger(Socket socket) {
  if (const Result<void> finished = co_await socket.shutdown(); !finished) co_return;
  spawn(cancel_later(spawn(drain(std::move(socket))))).detach();
}

/// Answers what `input` holds of whole requests; what it consumed is taken off. Returns with a batch full, or at its
/// end.
Task<void> answer(const Service& service, RequestReader& reader, ResponseWriter& writer, std::string_view& input) {
  do {
    const RequestReader::Progress progress = reader.read(input);
    input.remove_prefix(progress.consumed);
    if (progress.state == RequestReader::State::incomplete) {
      if (progress.expects_continue) writer.append_continue();
      co_return;
    }
    if (progress.state == RequestReader::State::refused) {
      writer.append_refusal(progress.status);
      co_return;
    }
    Request& request = reader.request();
    Response response(Status::internal_server_error);
    try {
      const Task<Response> handler = service.router.dispatch(request);
      response = co_await handler;
    } catch (...) {
      response = Response(Status::internal_server_error);
    }
    writer.append(request, response);
  } while (!input.empty() && !writer.closes() && writer.pending().size() < batch_bytes_max);
}

}  // namespace

Task<void> serve_connection(std::shared_ptr<Service> service, Socket socket) {
  const ConnectionCount count(*service);
  RequestReader reader(service->limits);
  ResponseWriter writer;
  ConnectionInput input;
  bool client_finished = false;
  if (count.before() >= service->limits.connections) writer.append_refusal(Status::service_unavailable);
  while (!writer.closes()) {
    Result<Buffer> received = co_await socket.receive();
    if (!received) co_return;  // reset by the client: nobody is left to answer
    if (received->empty()) {
      if (input.empty() && !reader.inside_request()) co_return;
      client_finished = true;
      writer.append_refusal(Status::bad_request);
      break;
    }
    std::string_view rest = input.join(std::move(*received));
    bool full = false;
    do {
      const Task<void> answers = answer(*service, reader, writer, rest);
      co_await answers;
      full = writer.pending().size() >= batch_bytes_max && !writer.closes() && !rest.empty();
      if (!full) input.keep(rest);
      if (writer.closes() || writer.pending().empty()) break;
      if (const Result<void> sent = co_await socket.send(writer.pending()); !sent) co_return;
      writer.clear();
    } while (full);
  }
  if (const Result<void> sent = co_await socket.send(writer.pending()); !sent) co_return;
  if (client_finished || (input.empty() && !writer.refused())) {
    co_await socket.close();
  } else {
    co_await linger(std::move(socket));
  }
}

}  // namespace gauntlet::http
