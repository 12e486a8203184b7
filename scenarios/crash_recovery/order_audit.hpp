// The books of the clients, held against those of the effects.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gauntlet {

/// One order as its client saw it. Written down before it is sent for the first time.
struct Order {
  std::string key;
  std::string trace_id;
  std::int64_t sent_ns = 0;      ///< monotonic clock, before it was sent for the first time
  std::int64_t answered_ns = 0;  ///< when it was answered, or given up
  bool acknowledged = false;
  std::string answer;           ///< its body
  bool answered_again = false;  ///< the same when asked once more at the end, from the journal
};

/// Of a server, some time between the two.
struct Crash {
  std::int64_t earliest_ns = 0;
  std::int64_t latest_ns = 0;
  bool was_open = true;  ///< for orders; else it was still recovering
};

struct Audit {
  std::uint64_t acknowledged = 0;
  std::uint64_t acknowledged_lost = 0;          ///< not known any more at the end, or answered otherwise
  std::uint64_t never_executed = 0;             ///< acknowledged, and without any effect
  std::uint64_t duplicates_beyond_promise = 0;  ///< executions above what crashes excuse
  std::uint64_t unattempted = 0;                ///< executions of what nobody sent
  std::uint64_t trace_breaks = 0;               ///< executions under another trace than that of the client
  std::string first_breach;
};

/// `effects`: "KEY TRACE" for each execution. An order may be executed once, and once more for each crash while it was
/// not answered; with `once_after_answer` also for the first crash behind its answer, and for those of servers that
/// followed and never got through their recovery. `crashes` in their order.
Audit audit_orders(const std::vector<Order>& orders, const std::vector<std::string>& effects,
                   const std::vector<Crash>& crashes, bool once_after_answer);

}  // namespace gauntlet
