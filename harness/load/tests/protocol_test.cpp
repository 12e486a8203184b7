#include "harness/load/protocol.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gauntlet {
namespace {

using ::testing::HasSubstr;

std::string error_of(std::string_view json) {
  const auto request = decode_plan(json);
  return request ? "" : request.error();
}

TEST(LoadProtocol, EveryFieldOfARequestSurvivesTheWayThereAndBack) {
  LoadRequest request;
  request.host = "localhost";
  request.port = 8080;
  request.subject_pid = 4711;
  request.cpus = {1, 3};
  request.threads = 2;
  request.plan = {.protocol = Protocol::echo,
                  .method = "POST",
                  .path = "/orders",
                  .body = "{\"n\": 1}\r\n",
                  .expect_status = 201,
                  .expect_body = "ü",
                  .payload_bytes = 4096,
                  .connections = 7,
                  .pipeline = 1,
                  .reconnect = true,
                  .pacing = Pacing::open,
                  .arrival = Arrival::constant,
                  .rate_rps = 1234.5,
                  .seed = 18446744073709551615u,
                  .warmup_cap_s = 0.25,
                  .duration_s = 2.5,
                  .count_events = true,
                  .other = {.share = 0, .path = "/burn/5", .expect_body = "5"},
                  .surge = {.rate_rps = 5000, .duration_s = 1.5},
                  .counts_shed = true,
                  .patience_s = 0.5,
                  .objective_us = 1000,
                  .interval_s = 0.05,
                  .timeline_interval_s = 0.1};
  const std::string json = encode_plan(request);
  const auto decoded = decode_plan(json);
  ASSERT_TRUE(decoded) << decoded.error();
  EXPECT_EQ(encode_plan(*decoded), json);
  EXPECT_EQ(decoded->plan.seed, request.plan.seed);
  EXPECT_EQ(decoded->plan.body, request.plan.body);
  EXPECT_EQ(decoded->plan.arrival, Arrival::constant);
  EXPECT_EQ(decoded->cpus, request.cpus);
  EXPECT_EQ(decoded->plan.other.path, "/burn/5");
  EXPECT_EQ(decoded->plan.surge.rate_rps, 5000);
  EXPECT_EQ(decoded->plan.timeline_interval_s, 0.1);
}

TEST(LoadProtocol, WhatIsLeftOutKeepsItsDefault) {
  const auto request = decode_plan(R"({"port": 80, "plan": {"pacing": "closed"}})");
  ASSERT_TRUE(request) << request.error();
  EXPECT_EQ(request->host, "127.0.0.1");
  EXPECT_EQ(request->plan.connections, 64u);
  EXPECT_EQ(request->plan.path, "/plaintext");
}

TEST(LoadProtocol, AWrongRequestIsNamedInOneSentence) {
  const std::pair<const char*, const char*> cases[] = {
      {"rubbish", "not JSON"},
      {"[1]", "request: not a JSON object"},
      {"{}", "`port` is missing"},
      {R"({"port": 0})", "`port` must be from 1 to 65535"},
      {R"({"port": 65536})", "`port` must be a whole number from 0 to 65535"},
      {R"({"port": "80"})", "`port` must be a whole number"},
      {R"({"port": 80, "prot": 1})", "unknown key `prot`"},
      {R"({"port": 80, "plan": 1})", "plan: not a JSON object"},
      {R"({"port": 80, "plan": {"rate": 1}})", "plan: unknown key `rate`"},
      {R"({"port": 80, "plan": {"pacing": "half"}})", "`pacing` must be closed or open"},
      {R"({"port": 80, "plan": {"pacing": "open"}})", "`rate_rps` must be"},
      {R"({"port": 80, "plan": {"rate_rps": 10, "pipeline": 2}})", "`pipeline` must be 1 in an open loop"},
      {R"({"port": 80, "plan": {"pacing": "closed", "pipeline": 0}})", "`pipeline` must be from 1"},
      {R"({"port": 80, "plan": {"pacing": "closed", "connections": 0}})", "`connections` must be"},
      {R"({"port": 80, "plan": {"pacing": "closed", "connections": -1}})", "`connections` must be a whole number"},
      {R"({"port": 80, "plan": {"pacing": "closed", "connections": 4294967297}})", "`connections` must be"},
      {R"({"port": 80, "plan": {"pacing": "closed", "path": "x"}})", "`path` must start with /"},
      {R"({"port": 80, "plan": {"pacing": "closed", "path": "/a\r\nb"}})", "`path` must"},
      {R"({"port": 80, "plan": {"pacing": "closed", "payload_bytes": 4}})", "`payload_bytes` must be from 8"},
      {R"({"port": 80, "plan": {"pacing": "closed", "duration_s": 0}})", "`duration_s` must be"},
      {R"({"port": 80, "plan": {"pacing": "closed", "warmup_cap_s": -1}})", "`warmup_cap_s` must be"},
      {R"({"port": 80, "plan": {"rate_rps": 9, "other": {"share": 2}}})", "`other` must have a `share`"},
      {R"({"port": 80, "plan": {"rate_rps": 9, "other": {"share": 0.1, "path": "x"}}})", "`other` must have a `path`"},
      {R"({"port": 80, "plan": {"pacing": "closed", "other": {"share": 0.1, "path": "/"}}})", "`other` needs an open"},
      {R"({"port": 80, "plan": {"rate_rps": 9, "other": {"part": 1}}})", "plan: other: unknown key `part`"},
      {R"({"port": 80, "plan": {"rate_rps": 9, "surge": {"duration_s": 2}}})", "`surge` must not outlast"},
      {R"({"port": 80, "plan": {"rate_rps": 9, "surge": {"duration_s": 0.5}}})", "`surge` needs an open loop, and"},
      {R"({"port": 80, "plan": {"rate_rps": 9, "patience_s": -1}})", "`patience_s` must be"},
      {R"({"port": 80, "plan": {"rate_rps": 9, "objective_us": -1}})", "`objective_us` must be"},
      {R"({"port": 80, "plan": {"rate_rps": 9, "interval_s": 0.0001}})", "`interval_s` must be"},
      {R"({"port": 80, "plan": {"rate_rps": 9, "timeline_interval_s": 0.001}})", "`timeline_interval_s` must be"},
      {R"({"port": 80, "plan": {"rate_rps": 9, "duration_s": 3600, "timeline_interval_s": 0.1}})", "a 4000th"},
      {R"({"port": 80, "cpus": [-1], "plan": {"pacing": "closed"}})", "`cpus` must be"},
      {R"({"port": 80, "cpus": 1, "plan": {"pacing": "closed"}})", "`cpus` must be an array"},
      {R"({"port": 80, "threads": 65, "plan": {"pacing": "closed"}})", "`threads` must be"},
      {R"({"port": 80, "threads": 2, "plan": {"pacing": "closed", "connections": 1}})",
       "must not exceed `connections`"},
  };
  for (const auto& [json, expected] : cases) EXPECT_THAT(error_of(json), HasSubstr(expected)) << json;
}

LoadResult full_result() {
  LoadResult result;
  LoadOutcome& outcome = result.outcome;
  outcome = {
      .duration_s = 1.5,
      .scheduled = 100,
      .sent = 99,
      .completed = 98,
      .errors = 3,
      .first_error = "a \"b\"",
      .corrected = {.samples = 98, .mean = 1.5, .p50 = 1, .p90 = 2, .max = 9, .p99 = 8.5, .p999 = {}, .p9999 = {}},
      .uncorrected = {.samples = 97, .mean = 1.25, .p50 = 1, .p90 = 2, .max = 7, .p99 = {}, .p999 = {}, .p9999 = {}},
      .lag_p50_us = 0.5,
      .lag_p99_us = 1.5,
      .lag_max_us = 2.5,
      .generator_cpu_s = 0.25,
      .steady = false,
      .subject = {.window_s = 1.5,
                  .cpu_s = 0.75,
                  .voluntary_switches = 4,
                  .involuntary_switches = 5,
                  .rss_bytes = 6,
                  .rss_peak_bytes = 7,
                  .page_faults = 8,
                  .migrations = 9,
                  .system_calls = 10},
      .warnings = {{Warning::Severity::invalid, "schedule_missed", "why"}, {Warning::Severity::note, "x", "y"}},
      .shed = 11,
      .abandoned = 12,
      .apart = {.samples = 13, .mean = 2, .p50 = 1, .p90 = 2, .max = 3, .p99 = {}, .p999 = {}, .p9999 = {}},
      .intervals = {{.completed = 40, .good = 39}, {.completed = 58, .good = 2}}};
  result.corrected_histogram = "HISTFAAA";
  result.uncorrected_histogram = "HISTFBBB";
  result.error_kinds = {{"unanswered", 2}, {"wrong_body", 1}};
  result.generator_spin_s = 0.125;
  result.window_start_ns = 123'456'789'012'345;
  result.timeline = {.latency = {"HISTFAAA", "HISTFBBB"},
                     .lanes = {{.start_s = 0.1,
                                .length_s = 0.25,
                                .cpu_s = 0.05,
                                .rss_bytes = 4096,
                                .voluntary_switches = 7,
                                .involuntary_switches = 2}}};
  return result;
}

TEST(LoadProtocol, EveryFieldOfAResultSurvivesTheWayThereAndBack) {
  const std::string json = encode_result(full_result());
  const auto decoded = decode_result(json);
  ASSERT_TRUE(decoded) << decoded.error();
  EXPECT_EQ(encode_result(*decoded), json);
  EXPECT_EQ(decoded->outcome.corrected.p99, 8.5);
  EXPECT_FALSE(decoded->outcome.corrected.p999);
  EXPECT_EQ(decoded->outcome.warnings.at(0).severity, Warning::Severity::invalid);
  EXPECT_EQ(decoded->outcome.subject.rss_peak_bytes, 7u);
  EXPECT_EQ(decoded->outcome.subject.page_faults, 8u);
  EXPECT_EQ(decoded->outcome.subject.migrations, 9.0);
  EXPECT_EQ(decoded->outcome.subject.system_calls, 10.0);
  EXPECT_FALSE(decoded->outcome.subject.cycles) << "what was not counted stays absent";
  EXPECT_EQ(decoded->error_kinds.at("unanswered"), 2u);
  EXPECT_EQ(decoded->outcome.shed, 11u);
  EXPECT_EQ(decoded->outcome.intervals.at(1).good, 2u);
  EXPECT_EQ(decoded->window_start_ns, full_result().window_start_ns);
  EXPECT_EQ(decoded->timeline.latency, full_result().timeline.latency);
  EXPECT_EQ(decoded->timeline.lanes, full_result().timeline.lanes);
}

TEST(LoadProtocol, AFailureArrivesAsItsSentence) {
  const auto decoded = decode_result(encode_failure("cannot connect to x:1"));
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error(), "cannot connect to x:1");
}

TEST(LoadProtocol, AResultThatIsRubbishIsAnError) {
  EXPECT_THAT(decode_result("").error(), HasSubstr("not JSON"));
  EXPECT_THAT(decode_result("[]").error(), HasSubstr("not a JSON object"));
  EXPECT_THAT(decode_result("{}").error(), HasSubstr("`duration_s` is missing"));
  const std::string json = encode_result(full_result());
  for (std::size_t size = 0; size < json.size(); ++size) EXPECT_FALSE(decode_result(json.substr(0, size)));
}

TEST(LoadProtocol, TextThatIsNotUtf8StillMakesAnAnswer) {
  LoadResult result;
  result.outcome.first_error = "\xff";
  EXPECT_TRUE(decode_result(encode_result(result)));
  EXPECT_FALSE(decode_result(encode_failure("\xff")));
}

}  // namespace
}  // namespace gauntlet
