// Clients that send orders and, whatever happens to their server, ask until they are answered.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "scenarios/crash_recovery/order_audit.hpp"

namespace gauntlet {

/// Each a thread with one connection and one order at a time, in another process than the server. What a client
/// promises itself is written down before it sends.
class OrderClients {
 public:
  explicit OrderClients(unsigned count);
  OrderClients(const OrderClients&) = delete;
  OrderClients& operator=(const OrderClients&) = delete;
  /// Gives up whatever is not answered.
  ~OrderClients();

  /// Where the server is from now on; 0: nowhere.
  void server_at(std::uint16_t port) { port_ = port; }

  /// No new orders; waits until all that were begun are answered, asks for each once more, and waits for that too.
  void finish();

  std::vector<Order> orders() const;
  /// Connections that broke with an order on its way.
  std::uint64_t interrupted() const { return interrupted_; }
  /// Orders that were not answered within ten seconds of a living server.
  std::uint64_t hung() const { return hung_; }
  std::uint64_t wrong_answers() const { return wrong_answers_; }

 private:
  struct Client;

  void run(Client& client);
  void place(Client& client, Order& order);
  void ask_again(Client& client, Order& order);

  std::atomic<std::uint16_t> port_{0};
  std::atomic<std::uint64_t> interrupted_{0}, hung_{0}, wrong_answers_{0};
  std::atomic<bool> finishing_{false}, giving_up_{false};
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<std::thread> threads_;
};

}  // namespace gauntlet
