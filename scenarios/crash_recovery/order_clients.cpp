#include "scenarios/crash_recovery/order_clients.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <deque>
#include <optional>
#include <string_view>

#include "runtimes/contract/endpoint.hpp"
#include "runtimes/recovery/trace_context.hpp"
#include "scenarios/crash_recovery/order_body.hpp"
#include "scenarios/crash_recovery/order_clock.hpp"

namespace gauntlet {

namespace {

constexpr std::chrono::seconds patience{10};
constexpr std::chrono::milliseconds pause_between{2};

struct Answer {
  int status = 0;
  bool replayed = false;
  std::string body;
};

/// One connection; closed by the first thing that goes wrong.
class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { close(); }

  bool is_open() const { return fd_ >= 0; }
  bool open(std::uint16_t port) {
    close();
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{.tv_sec = patience.count(), .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const Endpoint server = Endpoint::loopback(port);
    if (::connect(fd_, server.native(), server.native_size()) != 0) close();
    return is_open();
  }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    received_.clear();
  }

  /// None: the connection is gone. Status 0: silence.
  std::optional<Answer> ask(std::string_view request) {
    while (!request.empty()) {
      const ssize_t sent = ::send(fd_, request.data(), request.size(), MSG_NOSIGNAL);
      if (sent <= 0) return broken();
      request.remove_prefix(static_cast<std::size_t>(sent));
    }
    for (;;) {
      if (std::optional<Answer> answer = parse()) return answer;
      std::array<char, 4096> memory;
      const ssize_t size = ::recv(fd_, memory.data(), memory.size(), 0);
      if (size < 0 && errno == EINTR) continue;
      if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        close();
        return Answer{};
      }
      if (size <= 0) return broken();
      received_.append(memory.data(), static_cast<std::size_t>(size));
    }
  }

 private:
  std::optional<Answer> broken() {
    close();
    return std::nullopt;
  }
  std::optional<Answer> parse() {
    const std::size_t head = received_.find("\r\n\r\n");
    if (head == std::string::npos) return std::nullopt;
    const std::string_view lines = std::string_view(received_).substr(0, head);
    constexpr std::string_view length_header = "Content-Length: ";
    const std::size_t length_at = lines.find(length_header);
    const std::size_t length =
        length_at == std::string_view::npos
            ? 0
            : static_cast<std::size_t>(std::strtoul(received_.c_str() + length_at + length_header.size(), nullptr, 10));
    if (received_.size() < head + 4 + length) return std::nullopt;
    Answer answer{.status = std::atoi(received_.c_str() + std::string_view("HTTP/1.1 ").size()),
                  .replayed = lines.find("Idempotent-Replayed: true") != std::string_view::npos,
                  .body = received_.substr(head + 4, length)};
    received_.erase(0, head + 4 + length);
    return answer;
  }

  int fd_ = -1;
  std::string received_;
};

std::string request_for(const Order& order) {
  const std::string body = order_body(order.key);
  return fmt::format(
      "POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: {}\r\n"
      "traceparent: 00-{}-00f067aa0ba902b7-01\r\nContent-Length: {}\r\n\r\n{}",
      order.key, order.trace_id, body.size(), body);
}

}  // namespace

struct OrderClients::Client {
  unsigned number = 0;
  Connection connection;
  std::deque<Order> orders;  ///< the ledger; read by others only once the thread has ended
};

OrderClients::OrderClients(unsigned count) {
  for (unsigned number = 0; number < count; ++number) {
    clients_.push_back(std::make_unique<Client>());
    clients_.back()->number = number;
  }
  for (const auto& client : clients_) threads_.emplace_back([this, one = client.get()] { run(*one); });
}

OrderClients::~OrderClients() {
  giving_up_ = true;
  finish();
}

void OrderClients::finish() {
  finishing_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

std::vector<Order> OrderClients::orders() const {
  std::vector<Order> all;
  for (const auto& client : clients_) all.insert(all.end(), client->orders.begin(), client->orders.end());
  return all;
}

void OrderClients::run(Client& client) {
  while (!finishing_) {
    Order order;
    order.key = fmt::format("order-{}-{}", client.number, client.orders.size());
    order.trace_id = recovery::trace_id_of(recovery::new_traceparent());
    client.orders.push_back(std::move(order));
    place(client, client.orders.back());
  }
  for (Order& order : client.orders) {
    if (order.acknowledged) ask_again(client, order);
  }
}

/// Until it is answered, by whichever process.
void OrderClients::place(Client& client, Order& order) {
  order.sent_ns = order_clock_ns();
  auto last_life = std::chrono::steady_clock::now();
  const std::string request = request_for(order);
  while (!giving_up_) {
    order.answered_ns = order_clock_ns();
    const std::uint16_t port = port_;
    if (port == 0) last_life = std::chrono::steady_clock::now();
    if (std::chrono::steady_clock::now() - last_life > patience) {
      ++hung_;
      return;
    }
    if (port == 0 || (!client.connection.is_open() && !client.connection.open(port))) {
      std::this_thread::sleep_for(pause_between);
      continue;
    }
    const std::optional<Answer> answer = client.connection.ask(request);
    order.answered_ns = order_clock_ns();
    if (!answer) {
      ++interrupted_;
    } else if (answer->status == 201) {
      order.acknowledged = true;
      order.answer = answer->body;
      return;
    } else if (answer->status == 409 || answer->status == 503) {
      std::this_thread::sleep_for(pause_between);
    } else if (answer->status != 0) {
      ++wrong_answers_;
      return;
    }
  }
}

/// The server lives, so a broken connection is an answer too; a conflict is none, as long as the record of the first
/// answer is on its way.
void OrderClients::ask_again(Client& client, Order& order) {
  const std::string request = request_for(order);
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!giving_up_ && std::chrono::steady_clock::now() < until) {
    if (!client.connection.is_open() && !client.connection.open(port_)) return;
    const std::optional<Answer> answer = client.connection.ask(request);
    if (answer && answer->status == 409) {
      std::this_thread::sleep_for(pause_between);
      continue;
    }
    order.answered_again = answer && answer->status == 201 && answer->replayed && answer->body == order.answer;
    return;
  }
}

}  // namespace gauntlet
