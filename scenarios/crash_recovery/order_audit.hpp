// The books of the clients, held against those of the effects.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gauntlet {

/// One order as its client saw it. Written down before it is sent for the first time.
struct Order {
  std::string key;
  std::string trace_id;
  std::uint64_t kills_before = 0;  ///< that were certainly over when it was sent first
  std::uint64_t kills_until = 0;   ///< that may have begun when it was answered, or when it was given up
  bool acknowledged = false;
  std::string answer;           ///< its body
  bool answered_again = false;  ///< the same when asked once more at the end, from the journal
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

/// `effects`: a line "KEY TRACE" for each execution. An order may be executed once, and once more for each crash while
/// it was not answered; with `once_after_answer` also for one crash right behind its answer.
Audit audit_orders(const std::vector<Order>& orders, std::string_view effects, bool once_after_answer);

}  // namespace gauntlet
