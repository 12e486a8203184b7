#include "scenarios/crash_recovery/order_audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace gauntlet {

namespace {

struct Executions {
  std::uint64_t count = 0;
  const Order* order = nullptr;
};

/// Crashes, each of which may have made the order run once more.
std::uint64_t excused_by(const Order& order, const std::vector<Crash>& crashes, bool once_after_answer) {
  std::uint64_t excused = 0;
  bool is_behind_answer = false;
  for (const Crash& crash : crashes) {
    if (crash.latest_ns < order.sent_ns) continue;
    if (crash.earliest_ns > order.answered_ns) {
      if (!once_after_answer || (is_behind_answer && crash.was_open)) break;
      is_behind_answer = true;
    }
    ++excused;
  }
  return excused;
}

void breach(Audit& audit, std::uint64_t& counter, std::string text) {
  ++counter;
  if (audit.first_breach.empty()) audit.first_breach = std::move(text);
}

}  // namespace

Audit audit_orders(const std::vector<Order>& orders, const std::vector<std::string>& effects,
                   const std::vector<Crash>& crashes, bool once_after_answer) {
  Audit audit;
  std::unordered_map<std::string_view, Executions> executions;
  for (const Order& order : orders) executions[order.key].order = &order;
  for (const std::string_view line : effects) {
    const std::string_view key = line.substr(0, line.find(' '));
    const std::string_view trace = line.substr(std::min(key.size() + 1, line.size()));
    const auto found = executions.find(key);
    if (found == executions.end()) {
      breach(audit, audit.unattempted, fmt::format("'{}' was executed, which nobody sent", key));
      continue;
    }
    ++found->second.count;
    if (trace != found->second.order->trace_id) {
      breach(audit, audit.trace_breaks, fmt::format("'{}' was executed under trace '{}'", key, trace));
    }
  }
  for (const auto& [key, executed] : executions) {
    const Order& order = *executed.order;
    const std::uint64_t excused = excused_by(order, crashes, once_after_answer);
    if (executed.count > 1 + excused) {
      breach(audit, audit.duplicates_beyond_promise,
             fmt::format("'{}' was executed {} times, with {} crashes to excuse it", key, executed.count, excused));
    }
    if (!order.acknowledged) continue;
    ++audit.acknowledged;
    if (!order.answered_again) {
      breach(audit, audit.acknowledged_lost, fmt::format("acknowledged '{}' was not known at the end", key));
    }
    if (executed.count == 0) breach(audit, audit.never_executed, fmt::format("'{}' was never executed", key));
  }
  return audit;
}

}  // namespace gauntlet
