#include "scenarios/crash_recovery/order_audit.hpp"

#include <gtest/gtest.h>

namespace gauntlet {
namespace {

const std::vector<Crash> no_crash;
/// While orders of this test are on their way, and before and behind them.
const std::vector<Crash> one_crash{
    {.earliest_ns = 1, .latest_ns = 2}, {.earliest_ns = 150, .latest_ns = 160}, {.earliest_ns = 300, .latest_ns = 310}};

Order acknowledged(std::string key) {
  Order order;
  order.key = std::move(key);
  order.trace_id = "trace";
  order.sent_ns = 100;
  order.answered_ns = 200;
  order.acknowledged = order.answered_again = true;
  return order;
}

TEST(OrderAuditTest, FindsNothingWhereEveryOrderWasExecutedOnce) {
  const Audit audit = audit_orders({acknowledged("a"), acknowledged("b")}, {"a trace", "b trace"}, no_crash, false);
  EXPECT_EQ(audit.acknowledged, 2U);
  EXPECT_EQ(audit.first_breach, "");
}

TEST(OrderAuditTest, CatchesAnAcknowledgedOrderThatIsNotKnownAnyMore) {
  Order lost = acknowledged("a");
  lost.answered_again = false;
  const Audit audit = audit_orders({lost}, {"a trace"}, no_crash, false);
  EXPECT_EQ(audit.acknowledged_lost, 1U);
  EXPECT_EQ(audit.first_breach, "acknowledged 'a' was not known at the end");
}

TEST(OrderAuditTest, CatchesAnAcknowledgedOrderThatWasNeverExecuted) {
  EXPECT_EQ(audit_orders({acknowledged("a")}, {}, no_crash, false).never_executed, 1U);
}

TEST(OrderAuditTest, CatchesADuplicateThatNoCrashExcuses) {
  const std::vector<Order> orders{acknowledged("a")};
  const std::vector<std::string> twice(2, "a trace"), thrice(3, "a trace");
  EXPECT_EQ(audit_orders(orders, twice, no_crash, false).duplicates_beyond_promise, 1U);
  EXPECT_EQ(audit_orders(orders, twice, no_crash, true).duplicates_beyond_promise, 1U);
  EXPECT_EQ(audit_orders(orders, twice, one_crash, false).duplicates_beyond_promise, 0U);
  EXPECT_EQ(audit_orders(orders, thrice, one_crash, false).duplicates_beyond_promise, 1U);
}

TEST(OrderAuditTest, ExcusesTheFirstCrashBehindAnAnswerAndThoseOfTheRecoveriesThatFollow) {
  const std::vector<Order> orders{acknowledged("a")};
  const std::vector<std::string> twice(2, "a trace"), thrice(3, "a trace");
  const Crash behind{.earliest_ns = 300, .latest_ns = 310};
  const Crash recovering{.earliest_ns = 320, .latest_ns = 330, .was_open = false};
  const Crash later{.earliest_ns = 340, .latest_ns = 350};
  EXPECT_EQ(audit_orders(orders, twice, {behind}, true).duplicates_beyond_promise, 0U);
  EXPECT_EQ(audit_orders(orders, twice, {behind}, false).duplicates_beyond_promise, 1U);
  EXPECT_EQ(audit_orders(orders, thrice, {behind, later}, true).duplicates_beyond_promise, 1U);
  EXPECT_EQ(audit_orders(orders, thrice, {behind, recovering, later}, true).duplicates_beyond_promise, 0U);
}

TEST(OrderAuditTest, CatchesAnOrderThatNobodySent) {
  EXPECT_EQ(audit_orders({acknowledged("a")}, {"a trace", "z trace"}, no_crash, false).unattempted, 1U);
}

TEST(OrderAuditTest, CatchesABrokenTrace) {
  EXPECT_EQ(audit_orders({acknowledged("a")}, {"a other"}, no_crash, false).trace_breaks, 1U);
  EXPECT_EQ(audit_orders({acknowledged("a")}, {"a"}, no_crash, false).trace_breaks, 1U);
}

TEST(OrderAuditTest, WhatWasNotAnsweredMayHaveBeenExecutedOrNot) {
  Order open = acknowledged("a");
  open.acknowledged = open.answered_again = false;
  EXPECT_EQ(audit_orders({open}, {"a trace"}, no_crash, false).first_breach, "");
  EXPECT_EQ(audit_orders({open}, {}, no_crash, false).first_breach, "");
}

}  // namespace
}  // namespace gauntlet
