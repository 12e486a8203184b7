#include "runtimes/http/connection.hpp"

#include <new>
#include <utility>

#include "runtimes/failpoint/failpoint.hpp"
#include "runtimes/http/connection_input.hpp"
#include "runtimes/http/current_task.hpp"
#include "runtimes/http/request_reader.hpp"
#include "runtimes/http/response_writer.hpp"
#include "runtimes/task/spawn.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet::http {

namespace {

/// Pipelined answers leave at this size, so that a client that never reads cannot make us collect them all.
constexpr std::size_t batch_bytes_max = 64 * 1024;
/// What a client has to take within the send timeout, however large the answer is.
constexpr std::size_t send_bytes_max = 256 * 1024;

/// One connection that counts towards the limit.
class ConnectionCount {
 public:
  explicit ConnectionCount(Service& service) noexcept
      : connections_(&service.connections), before_(connections_->fetch_add(1, std::memory_order_relaxed)) {}
  ConnectionCount(ConnectionCount&& other) noexcept
      : connections_(std::exchange(other.connections_, nullptr)), before_(other.before_) {}
  ConnectionCount& operator=(ConnectionCount&&) = delete;
  ~ConnectionCount() {
    if (connections_ != nullptr) connections_->fetch_sub(1, std::memory_order_relaxed);
  }
  std::uint32_t before() const noexcept { return before_; }

 private:
  std::atomic<std::uint32_t>* connections_;
  std::uint32_t before_;
};

Task<void> answer_timeout(std::shared_ptr<Service> service, ConnectionCount count, Socket socket);

/// In the frame of the task that serves it.
class Connection {
 public:
  Connection(std::shared_ptr<Service> of, ConnectionCount counted, Socket accepted, TaskCore& task)
      : service(std::move(of)),
        count(std::move(counted)),
        socket(std::move(accepted)),
        watch(service->deadlines(), task) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// The task may have been dropped at its wait, so this is where a late request is answered: by a task of its own.
  ~Connection() {
    const bool inside_request = watch.expired() == Wait::head || watch.expired() == Wait::body;
    if (!inside_request || this_worker()->draining) return;
    try {
      spawn(answer_timeout(service, std::move(count), std::move(socket))).detach();
    } catch (const std::bad_alloc&) {
      socket = Socket();  // closed without an answer
    }
  }

  Deadline deadline_of(Wait wait) const noexcept {
    const Limits& limits = service->limits;
    switch (wait) {
      case Wait::request:
        return deadline_after(limits.idle_timeout);
      case Wait::head:
        return deadline_after(limits.header_timeout);
      case Wait::body:
        return deadline_after(limits.body_timeout);
      case Wait::send:
        return deadline_after(limits.send_timeout);
      case Wait::linger:
        return deadline_after(limits.linger_timeout);
      case Wait::nothing:
        break;
    }
    return never;
  }

  /// False: the task has to end.
  bool begin(Wait wait) { return watch.begin(wait, deadline_of(wait)); }

  const std::shared_ptr<Service> service;
  ConnectionCount count;
  Socket socket;
  Watch watch;
};

/// Closing a socket with unread bytes, or before bytes that are on their way, resets the connection, which may destroy
/// our last answer. So the client is read to its end, for a while.
Task<void> linger(Connection& connection) {
  if (!connection.begin(Wait::linger)) co_return;
  if (const Result<void> finished = co_await connection.socket.shutdown(); !finished) co_return;
  for (;;) {
    const Result<Buffer> received = co_await connection.socket.receive();
    if (!received || received->empty()) break;
  }
  co_await connection.socket.close();
}

/// For a client that did not finish its request in time.
Task<void> answer_timeout(std::shared_ptr<Service> service, ConnectionCount count, Socket socket) {
  TaskCore& task = co_await CurrentTask();
  Connection connection(std::move(service), std::move(count), std::move(socket), task);
  ResponseWriter writer;
  writer.append_refusal(Status::request_timeout);
  if (!connection.begin(Wait::send)) co_return;
  if (const Result<void> sent = co_await connection.socket.send(writer.pending()); !sent) co_return;
  const Task<void> lingering = linger(connection);
  co_await lingering;
}

/// A request that counts towards the limit, if there is one, until it goes out of scope.
class Admission {
 public:
  explicit Admission(Service& service) noexcept {
    const std::uint32_t most = service.limits.concurrent_requests;
    if (most == 0) return;
    requests_ = &service.requests;
    is_refused_ = requests_->fetch_add(1, std::memory_order_relaxed) >= most;
  }
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;
  ~Admission() {
    if (requests_ != nullptr) requests_->fetch_sub(1, std::memory_order_relaxed);
  }
  bool is_limited() const noexcept { return requests_ != nullptr; }
  bool is_refused() const noexcept { return is_refused_; }

 private:
  std::atomic<std::uint32_t>* requests_ = nullptr;
  bool is_refused_ = false;
};

Response refusal_of_load() { return Response::of_static(Status::service_unavailable, "text/plain", "overloaded\n"); }

/// When the next bytes have to be there. The whole head has one deadline, lest it comes a byte at a time.
class Patience {
 public:
  bool begin(Connection& connection, bool inside_request, bool inside_head) {
    if (!inside_head) {
      head_deadline_ = none;
      return connection.begin(inside_request ? Wait::body : Wait::request);
    }
    if (head_deadline_ == none) head_deadline_ = connection.deadline_of(Wait::head);
    return connection.watch.begin(Wait::head, head_deadline_);
  }
  /// What comes now belongs to another request.
  void answered() noexcept { head_deadline_ = none; }

 private:
  static constexpr Deadline none = 0;
  Deadline head_deadline_ = none;
};

/// What has been read on a connection, and what is to be sent.
class Exchange {
 public:
  explicit Exchange(const Limits& limits) : reader(limits) {}

  bool wants_bytes() const noexcept { return !writer.closes() && !has_more_; }
  bool inside_request() const noexcept { return reader.inside_request(); }
  bool inside_head() const noexcept { return !reader.inside_request() && !input_.empty(); }

  /// False: the client has finished, and not in the middle of a request.
  bool take(Buffer received) {
    client_finished = received.empty();
    if (!client_finished) {
      rest_ = input_.join(std::move(received));
    } else if (inside_request() || inside_head()) {
      writer.append_refusal(Status::bad_request);
    }
    return !client_finished || writer.closes();
  }

  /// Takes the next request off the input. True: it is whole, and to be answered.
  bool next_request() {
    if (writer.closes()) return false;
    const RequestReader::Progress progress = reader.read(rest_);
    rest_.remove_prefix(progress.consumed);
    switch (progress.state) {
      case RequestReader::State::complete:
        failpoint(Failpoint::http_request_read);
        return true;
      case RequestReader::State::incomplete:
        if (progress.expects_continue) writer.append_continue();
        return false;
      case RequestReader::State::refused:
        writer.append_refusal(progress.status);
        return false;
    }
    return false;
  }

  /// Behind an answer: nothing of the input is left for the batch, or the batch is full.
  bool batch_ends() const noexcept { return rest_.empty() || is_full(); }
  void end_batch() {
    has_more_ = is_full() && !writer.closes() && !rest_.empty();
    if (has_more_) return;
    input_.keep(rest_);
    rest_ = {};
  }

  RequestReader reader;
  ResponseWriter writer;
  bool client_finished = false;

 private:
  bool is_full() const noexcept { return writer.pending().size() >= batch_bytes_max; }

  ConnectionInput input_;
  std::string_view rest_;  ///< of the input
  bool has_more_ = false;  ///< requests that did not fit the batch
};

}  // namespace

const std::shared_ptr<Deadlines>& Service::deadlines() {
  const Worker& here = *this_worker();
  std::call_once(counted_workers_, [this, &here] {
    std::vector<std::shared_ptr<Deadlines>> all;
    for (std::uint16_t worker = 0; worker < here.runtime->workers(); ++worker) {
      all.push_back(std::make_shared<Deadlines>(worker));
    }
    deadlines_ = std::move(all);
  });
  return deadlines_[here.index];
}

Task<void> serve_connection(std::shared_ptr<Service> service, Socket socket) {
  TaskCore& task = co_await CurrentTask();
  Connection here(service, ConnectionCount(*service), std::move(socket), task);
  failpoint(Failpoint::http_connection_begun);
  Exchange exchange(service->limits);
  ResponseWriter& writer = exchange.writer;
  Patience patience;
  if (here.count.before() >= service->limits.connections) writer.append_refusal(Status::service_unavailable);
  do {
    if (exchange.wants_bytes()) {
      if (!patience.begin(here, exchange.inside_request(), exchange.inside_head())) co_return;
      if (failpoint(Failpoint::http_receive) != 0) co_return;
      Result<Buffer> received = co_await here.socket.receive();
      if (!here.watch.end() || !received) co_return;  // reset by the client: nobody is left to answer
      if (!exchange.take(std::move(*received))) co_return;
      failpoint(Failpoint::http_received);
    } else if (!here.watch.end()) {
      co_return;
    }
    // Not in a coroutine of its own, which would cost more than reading a request.
    while (exchange.next_request()) {
      Request& request = exchange.reader.request();
      const Admission admission(*service);
      if (admission.is_refused()) {
        writer.append(request, refusal_of_load());
      } else {
        if (admission.is_limited()) co_await yield();
        try {
          failpoint(Failpoint::http_dispatch);
          const Task<Response> handler = service->router.dispatch(request);
          const Response response = co_await handler;
          failpoint(Failpoint::http_handled);
          writer.append(request, response);
        } catch (...) {
          failpoint(Failpoint::http_handled);
          writer.append(request, Response(Status::internal_server_error));
        }
      }
      if (exchange.batch_ends()) break;
    }
    exchange.end_batch();
    for (std::string_view unsent = writer.pending(); !unsent.empty();) {
      const std::string_view part = unsent.substr(0, send_bytes_max);
      unsent.remove_prefix(part.size());
      if (!here.begin(Wait::send) || failpoint(Failpoint::http_send) != 0) co_return;
      if (const Result<void> sent = co_await here.socket.send(part); !sent) co_return;
      failpoint(Failpoint::http_sent);
      patience.answered();
    }
    writer.clear();
  } while (!writer.closes());
  failpoint(Failpoint::http_close);
  if (exchange.client_finished) {
    co_await here.socket.close();
  } else {
    const Task<void> lingering = linger(here);
    co_await lingering;
  }
}

}  // namespace gauntlet::http
