#include "scenarios/crash_recovery/order_audit.hpp"

#include <gtest/gtest.h>

namespace gauntlet {
namespace {

Order acknowledged(std::string key, std::uint64_t crashes = 0) {
  Order order;
  order.key = std::move(key);
  order.trace_id = "trace";
  order.kills_before = 3;
  order.kills_until = 3 + crashes;
  order.acknowledged = order.answered_again = true;
  return order;
}

TEST(OrderAuditTest, FindsNothingWhereEveryOrderWasExecutedOnce) {
  const Audit audit = audit_orders({acknowledged("a"), acknowledged("b")}, "a trace\nb trace\n", false);
  EXPECT_EQ(audit.acknowledged, 2U);
  EXPECT_EQ(audit.first_breach, "");
}

TEST(OrderAuditTest, CatchesAnAcknowledgedOrderThatIsNotKnownAnyMore) {
  Order lost = acknowledged("a");
  lost.answered_again = false;
  const Audit audit = audit_orders({lost}, "a trace\n", false);
  EXPECT_EQ(audit.acknowledged_lost, 1U);
  EXPECT_EQ(audit.first_breach, "acknowledged 'a' was not known at the end");
}

TEST(OrderAuditTest, CatchesAnAcknowledgedOrderThatWasNeverExecuted) {
  EXPECT_EQ(audit_orders({acknowledged("a")}, "", false).never_executed, 1U);
}

TEST(OrderAuditTest, CatchesADuplicateThatNoCrashExcuses) {
  EXPECT_EQ(audit_orders({acknowledged("a")}, "a trace\na trace\n", false).duplicates_beyond_promise, 1U);
  EXPECT_EQ(audit_orders({acknowledged("a")}, "a trace\na trace\n", true).duplicates_beyond_promise, 0U);
  EXPECT_EQ(audit_orders({acknowledged("a", 1)}, "a trace\na trace\n", false).duplicates_beyond_promise, 0U);
  EXPECT_EQ(audit_orders({acknowledged("a", 1)}, "a trace\na trace\na trace\n", false).duplicates_beyond_promise, 1U);
}

TEST(OrderAuditTest, CatchesAnOrderThatNobodySent) {
  EXPECT_EQ(audit_orders({acknowledged("a")}, "a trace\nz trace\n", false).unattempted, 1U);
}

TEST(OrderAuditTest, CatchesABrokenTrace) {
  EXPECT_EQ(audit_orders({acknowledged("a")}, "a other\n", false).trace_breaks, 1U);
  EXPECT_EQ(audit_orders({acknowledged("a")}, "a\n", false).trace_breaks, 1U);
}

TEST(OrderAuditTest, WhatWasNotAnsweredMayHaveBeenExecutedOrNot) {
  Order open = acknowledged("a");
  open.acknowledged = open.answered_again = false;
  EXPECT_EQ(audit_orders({open}, "a trace\n", false).first_breach, "");
  EXPECT_EQ(audit_orders({open}, "", false).first_breach, "");
}

}  // namespace
}  // namespace gauntlet
