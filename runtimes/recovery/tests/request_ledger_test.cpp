#include "runtimes/recovery/request_ledger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "runtimes/recovery/trace_context.hpp"

namespace gauntlet::recovery {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

StoredRequest order(std::string key = {}) {
  StoredRequest request;
  request.arrival_unix_ns = 1'000;
  request.deadline_unix_ns = 2'000;
  request.key = std::move(key);
  request.target = "/orders?fast=1";
  request.headers = {{"Host", "h"}, {"traceparent", new_traceparent()}};
  request.body = std::string("\0body", 5);
  return request;
}

class RequestLedgerTest : public testing::Test {
 protected:
  bool apply(RecordType type, const std::string& payload) {
    return ledger_.apply({.sequence = ++sequence_, .type = static_cast<std::uint8_t>(type), .payload = payload});
  }
  std::uint64_t accept(const std::string& key = {}) {
    EXPECT_TRUE(apply(RecordType::accepted, encode(order(key))));
    return sequence_;
  }
  void note(RecordType type, std::uint64_t id, std::uint32_t attempt = 0, const std::string& reason = {}) {
    EXPECT_TRUE(apply(type, encode(StoredNote{.id = id, .attempt = attempt, .reason = reason})));
  }
  void complete(std::uint64_t id, const std::string& key = {}) {
    StoredOutcome outcome;
    outcome.id = id;
    outcome.key = key;
    outcome.status = 201;
    outcome.body = "made";
    EXPECT_TRUE(apply(RecordType::completed, encode(outcome)));
  }

  RequestLedger ledger_{{.remembered_keys_max = 2, .carry_beyond_bytes = 1000}};
  std::uint64_t sequence_ = 0;
};

TEST(RequestRecordTest, ComesBackAsItWas) {
  const StoredRequest request = order("key");
  const auto found = decode_request(encode(request));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->key, "key");
  EXPECT_EQ(found->target, request.target);
  EXPECT_EQ(found->headers, request.headers);
  EXPECT_EQ(found->body, request.body);
  EXPECT_EQ(found->arrival_unix_ns, 1'000);
  EXPECT_EQ(found->deadline_unix_ns, 2'000);
  EXPECT_EQ(fingerprint_of(*found), fingerprint_of(request));
}

TEST(RequestRecordTest, IsNeverReadBeyondItsEnd) {
  const std::string whole = encode(order("key"));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(decode_request(std::string_view(whole).substr(0, size)).has_value());
  }
  EXPECT_FALSE(decode_request(whole + "x").has_value());
  std::mt19937_64 random(5);
  for (int round = 0; round < 20'000; ++round) {
    std::string noise = whole;
    for (int i = 0; i < 4; ++i) noise[random() % noise.size()] = static_cast<char>(random());
    static_cast<void>(decode_request(noise));
    static_cast<void>(decode_outcome(noise));
    static_cast<void>(decode_note(noise));
  }
}

TEST_F(RequestLedgerTest, KeepsWhatWasAcceptedUntilItIsCompleted) {
  const std::uint64_t first = accept();
  const std::uint64_t second = accept();
  EXPECT_THAT(ledger_.incomplete(), ElementsAre(first, second));
  EXPECT_EQ(ledger_.first_needed(), first);
  complete(first);
  EXPECT_THAT(ledger_.incomplete(), ElementsAre(second));
  EXPECT_EQ(ledger_.first_needed(), second);
  complete(second);
  EXPECT_GT(ledger_.first_needed(), sequence_);
}

TEST_F(RequestLedgerTest, CountsAttemptsAndKeepsDeadLetters) {
  const std::uint64_t id = accept("key");
  note(RecordType::attempt, id, 2);
  EXPECT_EQ(ledger_.request(id)->attempts, 2U);
  note(RecordType::dead, id, 2, "it failed");
  EXPECT_THAT(ledger_.incomplete(), IsEmpty());
  ASSERT_EQ(ledger_.dead_letters().size(), 1U);
  EXPECT_EQ(ledger_.dead_letters()[0].reason, "it failed");
  EXPECT_TRUE(ledger_.key("key").open);
  note(RecordType::revived, id);
  EXPECT_THAT(ledger_.incomplete(), ElementsAre(id));
  EXPECT_EQ(ledger_.request(id)->attempts, 0U);
}

TEST_F(RequestLedgerTest, RemembersTheLastAnswersByTheirKeys) {
  for (const char* key : {"a", "b", "c"}) complete(accept(key), key);
  EXPECT_FALSE(ledger_.key("a").outcome.has_value());
  ASSERT_TRUE(ledger_.key("c").outcome.has_value());
  EXPECT_EQ(ledger_.key("c").outcome->body, "made");
  EXPECT_FALSE(ledger_.key("c").open);
}

TEST_F(RequestLedgerTest, WritesAgainWhatIsLiveSoThatTheRestCanGo) {
  const std::uint64_t open = accept("open");
  const std::uint64_t dead = accept();
  note(RecordType::attempt, dead, 3);
  note(RecordType::dead, dead, 3, "why");
  complete(accept("answered"), "answered");
  std::vector<OwnedRecord> ahead;
  ledger_.carry({.next_sequence = 100, .active_sequence = 50, .bytes = 999}, ahead);
  EXPECT_THAT(ahead, IsEmpty()) << "there is no need yet";
  ledger_.carry({.next_sequence = 100, .active_sequence = 50, .bytes = 1'000'000}, ahead);
  EXPECT_EQ(ahead.size(), 4U);

  // As a journal gives them back that has lost everything before.
  RequestLedger later;
  std::uint64_t sequence = 100;
  for (const OwnedRecord& record : ahead) {
    ASSERT_TRUE(later.apply({.sequence = sequence, .type = record.type, .payload = record.payload}));
    ASSERT_TRUE(ledger_.apply({.sequence = sequence, .type = record.type, .payload = record.payload}));
    ++sequence;
  }
  EXPECT_EQ(ledger_.first_needed(), 100U);
  EXPECT_THAT(later.incomplete(), ElementsAre(open));
  EXPECT_TRUE(later.key("open").open);
  ASSERT_EQ(later.dead_letters().size(), 1U);
  EXPECT_EQ(later.dead_letters()[0].request.attempts, 3U);
  EXPECT_EQ(later.dead_letters()[0].reason, "why");
  EXPECT_EQ(later.key("answered").outcome->status, 201);
}

TEST_F(RequestLedgerTest, KeepsTheLastValueOfEachKeyOfItsStateAndCarriesIt) {
  StoredCompletion completion;
  for (const char* const stock : {"9", "8"}) {
    completion.outcome.id = accept();
    completion.put = {{"stock", stock}, {"last", "order"}};
    EXPECT_TRUE(apply(RecordType::completed_with_state, encode(completion)));
  }
  EXPECT_THAT(ledger_.incomplete(), IsEmpty());
  EXPECT_EQ(ledger_.state("stock"), "8");
  EXPECT_EQ(ledger_.state("none"), std::nullopt);
  EXPECT_EQ(ledger_.first_needed(), sequence_) << "both values stand in the last record, and need it";

  std::vector<OwnedRecord> ahead;
  ledger_.carry({.next_sequence = 100, .active_sequence = 50, .bytes = 1'000'000}, ahead);
  ASSERT_EQ(ahead.size(), 2U);
  RequestLedger later;
  EXPECT_TRUE(later.apply({.sequence = 100, .type = ahead[0].type, .payload = ahead[0].payload}));
  EXPECT_EQ(later.state("last"), "order");
  EXPECT_EQ(later.state("stock"), std::nullopt);
  EXPECT_TRUE(ledger_.apply({.sequence = 100, .type = ahead[0].type, .payload = ahead[0].payload}));
  EXPECT_EQ(ledger_.first_needed(), sequence_) << "one value has moved";
  EXPECT_TRUE(ledger_.apply({.sequence = 101, .type = ahead[1].type, .payload = ahead[1].payload}));
  EXPECT_EQ(ledger_.first_needed(), 100U);
}

TEST_F(RequestLedgerTest, RefusesWhatMakesNoSense) {
  EXPECT_FALSE(apply(RecordType::completed_with_state, "?"));
  EXPECT_FALSE(apply(RecordType::state, "?"));
  EXPECT_FALSE(apply(RecordType::accepted, "?"));
  EXPECT_FALSE(apply(RecordType::completed, "?"));
  EXPECT_FALSE(apply(RecordType::dead, "?"));
  EXPECT_FALSE(apply(static_cast<RecordType>(77), "?"));
}

TEST(TraceContextTest, KnowsATraceparentWhenItSeesOne) {
  EXPECT_EQ(trace_id_of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(trace_id_of("00-00000000000000000000000000000000-00f067aa0ba902b7-01"), "");
  EXPECT_EQ(trace_id_of("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"), "");
  EXPECT_EQ(trace_id_of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"), "");
  EXPECT_EQ(trace_id_of(""), "");
  EXPECT_EQ(trace_id_of(new_traceparent()).size(), 32U);
  EXPECT_NE(new_traceparent(), new_traceparent());
}

}  // namespace
}  // namespace gauntlet::recovery
