#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/load/json_fields.hpp"
#include "harness/load/protocol.hpp"

namespace gauntlet {
namespace {

using nlohmann::json;

const std::vector<std::pair<std::string_view, Protocol>> kProtocols = {{"http", Protocol::http},
                                                                       {"echo", Protocol::echo}};
const std::vector<std::pair<std::string_view, Pacing>> kPacings = {
    {"closed", Pacing::closed}, {"open", Pacing::open}, {"idle", Pacing::idle}};
const std::vector<std::pair<std::string_view, Arrival>> kArrivals = {{"poisson", Arrival::poisson},
                                                                     {"constant", Arrival::constant}};

template <typename E>
std::string word_for(E value, const std::vector<std::pair<std::string_view, E>>& words) {
  for (const auto& [word, meaning] : words) {
    if (meaning == value) return std::string(word);
  }
  return {};
}

json plan_to_json(const LoadPlan& plan) {
  return {{"protocol", word_for(plan.protocol, kProtocols)},
          {"method", plan.method},
          {"path", plan.path},
          {"body", plan.body},
          {"expect_status", plan.expect_status},
          {"expect_body", plan.expect_body},
          {"payload_bytes", plan.payload_bytes},
          {"connections", plan.connections},
          {"pipeline", plan.pipeline},
          {"reconnect", plan.reconnect},
          {"pacing", word_for(plan.pacing, kPacings)},
          {"arrival", word_for(plan.arrival, kArrivals)},
          {"rate_rps", plan.rate_rps},
          {"seed", plan.seed},
          {"warmup_cap_s", plan.warmup_cap_s},
          {"duration_s", plan.duration_s},
          {"count_events", plan.count_events},
          {"other", {{"share", plan.other.share}, {"path", plan.other.path}, {"expect_body", plan.other.expect_body}}},
          {"surge", {{"rate_rps", plan.surge.rate_rps}, {"duration_s", plan.surge.duration_s}}},
          {"counts_shed", plan.counts_shed},
          {"patience_s", plan.patience_s},
          {"objective_us", plan.objective_us},
          {"interval_s", plan.interval_s},
          {"timeline_interval_s", plan.timeline_interval_s}};
}

std::string read(const json& object, OtherKind& other) {
  JsonFields fields(object, "plan: other");
  fields.read("share", other.share);
  fields.read("path", other.path);
  fields.read("expect_body", other.expect_body);
  return fields.finish();
}

std::string read(const json& object, Surge& surge) {
  JsonFields fields(object, "plan: surge");
  fields.read("rate_rps", surge.rate_rps);
  fields.read("duration_s", surge.duration_s);
  return fields.finish();
}

std::string read_plan(const json& object, LoadPlan& plan) {
  JsonFields fields(object, "plan");
  fields.read_word("protocol", plan.protocol, kProtocols);
  fields.read("method", plan.method);
  fields.read("path", plan.path);
  fields.read("body", plan.body);
  fields.read("expect_status", plan.expect_status);
  fields.read("expect_body", plan.expect_body);
  fields.read("payload_bytes", plan.payload_bytes);
  fields.read("connections", plan.connections);
  fields.read("pipeline", plan.pipeline);
  fields.read("reconnect", plan.reconnect);
  fields.read_word("pacing", plan.pacing, kPacings);
  fields.read_word("arrival", plan.arrival, kArrivals);
  fields.read("rate_rps", plan.rate_rps);
  fields.read("seed", plan.seed);
  fields.read("warmup_cap_s", plan.warmup_cap_s);
  fields.read("duration_s", plan.duration_s);
  fields.read("count_events", plan.count_events);
  if (const json* other = fields.find("other")) fields.adopt(read(*other, plan.other));
  if (const json* surge = fields.find("surge")) fields.adopt(read(*surge, plan.surge));
  fields.read("counts_shed", plan.counts_shed);
  fields.read("patience_s", plan.patience_s);
  fields.read("objective_us", plan.objective_us);
  fields.read("interval_s", plan.interval_s);
  fields.read("timeline_interval_s", plan.timeline_interval_s);
  return fields.finish();
}

/// Each has a histogram of 5 KB in each thread.
constexpr double kMostTimelineIntervals = 4000;

bool within(double value, double least, double most) { return std::isfinite(value) && value >= least && value <= most; }

// A space or a control character here would make another request than the one that was asked for.
bool fits_request_line(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c == '\x7f') return false;
  }
  return !text.empty();
}

bool is_path(std::string_view text) { return fits_request_line(text) && text.front() == '/'; }

std::string why_invalid_mixture(const LoadPlan& plan) {
  const bool is_open = plan.pacing == Pacing::open;
  if (!within(plan.other.share, 0, 1)) return "plan: `other` must have a `share` from 0 to 1";
  if (plan.other.share > 0) {
    if (!is_open || plan.protocol != Protocol::http) return "plan: `other` needs an open loop of http";
    if (!is_path(plan.other.path)) return "plan: `other` must have a `path` that starts with / and holds no spaces";
  }
  if (!within(plan.surge.duration_s, 0, plan.duration_s)) return "plan: `surge` must not outlast `duration_s`";
  if (plan.surge.duration_s > 0 && (!is_open || !within(plan.surge.rate_rps, 0.001, 1e8))) {
    return "plan: `surge` needs an open loop, and a `rate_rps` from 0.001 to 1e8";
  }
  if (!within(plan.patience_s, 0, 3600)) return "plan: `patience_s` must be from 0 (endless) to 3600";
  if (!within(plan.objective_us, 0, 1e9)) return "plan: `objective_us` must be from 0 to 1e9";
  if (plan.interval_s != 0 && !within(plan.interval_s, 0.001, 3600)) {
    return "plan: `interval_s` must be 0 (none are kept), or from 0.001 to 3600";
  }
  if (plan.timeline_interval_s != 0 &&
      !within(plan.timeline_interval_s, std::max(0.01, plan.duration_s / kMostTimelineIntervals), 3600)) {
    return "plan: `timeline_interval_s` must be 0 (nothing is kept), or from 0.01 to 3600, and at least a 4000th of "
           "`duration_s`";
  }
  return {};
}

std::string why_invalid_plan(const LoadPlan& plan) {
  if (!fits_request_line(plan.method)) return "plan: `method` must be a word such as GET";
  if (!is_path(plan.path)) {
    return "plan: `path` must start with / and hold neither spaces nor control characters";
  }
  if (plan.expect_status < 100 || plan.expect_status > 999) return "plan: `expect_status` must be from 100 to 999";
  if (plan.payload_bytes < 8 || plan.payload_bytes > 1 << 20) {
    return "plan: `payload_bytes` must be from 8 (the message's number) to 1048576";
  }
  if (plan.connections < 1 || plan.connections > 60'000) return "plan: `connections` must be from 1 to 60000";
  if (plan.pipeline < 1 || plan.pipeline > 1024) return "plan: `pipeline` must be from 1 to 1024";
  if (plan.reconnect && plan.pipeline != 1) {
    return "plan: `pipeline` must be 1 with `reconnect`, where a connection carries one request";
  }
  if (plan.pacing == Pacing::open) {
    if (!within(plan.rate_rps, 0.001, 1e8)) return "plan: `rate_rps` must be from 0.001 to 1e8 in an open loop";
    if (plan.pipeline != 1) return "plan: `pipeline` must be 1 in an open loop, where each request has its own time";
  }
  if (!within(plan.warmup_cap_s, 0, 3600)) return "plan: `warmup_cap_s` must be from 0 to 3600";
  if (!within(plan.duration_s, 0.001, 3600)) return "plan: `duration_s` must be from 0.001 to 3600";
  return why_invalid_mixture(plan);
}

}  // namespace

std::string why_invalid(const LoadRequest& request) {
  if (request.host.empty()) return "request: `host` must be a name or an address";
  if (request.port == 0) return "request: `port` must be from 1 to 65535";
  if (request.subject_pid < 0) return "request: `subject_pid` must be a process id, or 0 for none";
  for (const int cpu : request.cpus) {
    if (cpu < 0 || cpu >= 1024) return "request: `cpus` must be CPU numbers from 0 to 1023";
  }
  if (request.threads < 1 || request.threads > 64) return "request: `threads` must be from 1 to 64";
  if (std::string why = why_invalid_plan(request.plan); !why.empty()) return why;
  if (request.threads > request.plan.connections) return "request: `threads` must not exceed `connections`";
  return {};
}

std::string encode_plan(const LoadRequest& request) {
  const json object = {{"host", request.host},
                       {"port", request.port},
                       {"plan", plan_to_json(request.plan)},
                       {"subject_pid", request.subject_pid},
                       {"cpus", request.cpus},
                       {"threads", request.threads}};
  return object.dump();
}

std::expected<LoadRequest, std::string> decode_plan(std::string_view text) {
  const json object = json::parse(text, nullptr, false);
  if (object.is_discarded()) return std::unexpected("request: not JSON");
  LoadRequest request;
  JsonFields fields(object, "request");
  fields.require("port");
  fields.read("host", request.host);
  fields.read("port", request.port);
  fields.read("subject_pid", request.subject_pid);
  fields.read("cpus", request.cpus);
  fields.read("threads", request.threads);
  if (const json* plan = fields.find("plan")) fields.adopt(read_plan(*plan, request.plan));
  std::string error = fields.finish();
  if (error.empty()) error = why_invalid(request);
  if (!error.empty()) return std::unexpected(error);
  return request;
}

}  // namespace gauntlet
