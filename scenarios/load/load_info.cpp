#include "scenarios/load/load_info.hpp"

#include "scenarios/common_rows.hpp"
#include "scenarios/load/plans.hpp"

namespace gauntlet {

namespace {

std::vector<ParameterInfo> parameters() {
  return {
      word_parameter("protocol", "what is spoken: http on `path`, or echo of `payload_bytes`", "http",
                     {"http", "echo"}),
      word_parameter("pacing",
                     "open: requests are due on a schedule; closed: each connection sends when it was answered", "open",
                     {"open", "closed"}),
      word_parameter("arrival", "spacing of the open schedule", "poisson", {"poisson", "constant"}),
      integer_parameter("connections", "connections, all opened before the load begins", "64", "4", 1, 16'000),
      integer_parameter("pipeline", "requests outstanding on a connection (closed)", "1", "1", 1, 256),
      word_parameter("reconnect", "each_request: a connection is opened, carries one request and is closed", "never",
                     {"never", "each_request"}),
      integer_parameter("payload_bytes", "size of an echo message, or of the body of POST /orders", "64", "64", 1,
                        1 << 20),
      real_parameter("rate_rps", "offered requests per second (open)", "8000", "500", 1, 1e7),
      real_parameter("duration_s", "measured window", "5", "0.2", 0.05, 3600),
      real_parameter("warmup_s", "longest warm-up; it ends early when throughput is flat", "1", "0.05", 0, 600),
      word_parameter("path",
                     "http: /plaintext, /burn/MICROSECONDS, the same with /pool behind it (burnt in a blocking call), "
                     "or /orders (sent "
                     "as POST)",
                     "/plaintext", {}),
      worker_threads_parameter(),
      dispatch_parameter(),
      arrival_seed_parameter(),
  };
}

std::vector<MetricInfo> metrics() {
  return {
      common_metric::subject_cpu_us_per_request(),
      {"throughput_rps", "requests/s", Better::higher, "verified answers per second"},
      {"latency_p50_us", "us", Better::lower, "from the intended send time"},
      {"latency_p99_us", "us", Better::lower, "from the intended send time"},
      {"latency_p999_us", "us", Better::lower, "from the intended send time"},
      {"latency_p50_uncorrected_us", "us", Better::lower, "from the actual send time"},
      {"latency_p99_uncorrected_us", "us", Better::lower, "from the actual send time"},
      {"latency_p999_uncorrected_us", "us", Better::lower, "from the actual send time"},
      {"schedule_lag_p99_us", "us", Better::lower, "how late the generator sent: actual minus intended time"},
      {"sent_per_scheduled", "ratio", Better::higher, "requests sent of those that were due (open loop)"},
      common_metric::generator_cpu_us_per_request(),
      common_metric::context_switches_per_request(),
      {"rss_peak_bytes", "bytes", Better::lower, "peak memory of the subject since its start"},
      {"rss_steady_bytes", "bytes", Better::lower, "memory of the subject at the end of the window"},
      common_metric::errors(),
  };
}

}  // namespace

const ScenarioInfo& load_info() {
  static const ScenarioInfo info = {
      .name = "load",
      .question = "What does a request cost, and how long does it take?",
      .parameters = parameters(),
      .metrics = metrics(),
      .claims = {{.name = "every request is answered, rightly",
                  .kind = ClaimKind::must,
                  .metric = "errors",
                  .limit = 0,
                  .source = "a wrong answer is not a fast answer"}},
      .references = {{.name = "floor_epoll",
                      .description = "a bare epoll loop: one receive and one send per event, nothing parsed"},
                     {.name = "floor_io_uring",
                      .description = "a bare io_uring: multishot receives, and one enter for all that is due"},
                     {.name = "libuv_native",
                      .description = "libuv without the contract: echo, or /plaintext with our HTTP parser"},
                     {.name = "asio_native",
                      .description = "Boost.Asio without the contract: echo, or /plaintext with our HTTP parser"},
                     {.name = "asio_uring_native",
                      .description = "the same on Asio's io_uring",
                      .worker_program = "gauntlet-worker-asio-uring"}}};
  return info;
}

LoadPlan load_plan(const Parameters& parameters) {
  LoadPlan plan = plan_from(parameters);
  plan.protocol = parameters.word("protocol") == "http" ? Protocol::http : Protocol::echo;
  plan.pacing = parameters.word("pacing") == "open" ? Pacing::open : Pacing::closed;
  plan.arrival = parameters.word("arrival") == "poisson" ? Arrival::poisson : Arrival::constant;
  plan.reconnect = parameters.word("reconnect") == "each_request";
  plan.pipeline =
      plan.pacing == Pacing::closed && !plan.reconnect ? static_cast<std::uint32_t>(parameters.integer("pipeline")) : 1;
  plan.payload_bytes = static_cast<std::uint32_t>(parameters.integer("payload_bytes"));
  plan.rate_rps = plan.pacing == Pacing::open ? parameters.real("rate_rps") : 0;
  plan.duration_s = parameters.real("duration_s");
  if (plan.pacing == Pacing::open) plan.timeline_interval_s = timeline_interval_for(plan.duration_s);
  plan.path = parameters.word("path");
  if (plan.path == "/plaintext") {
    plan.expect_body = "Hello, World!";
  } else if (plan.path.starts_with("/burn/")) {
    plan.expect_body = plan.path.substr(6, plan.path.find('/', 6) - 6) + "\n";
  } else if (plan.path == "/orders") {
    plan.method = "POST";
    plan.body.assign(plan.payload_bytes, 'x');
    plan.expect_status = 201;
    plan.expect_body = "{\"bytes\":" + std::to_string(plan.payload_bytes) + "}\n";
  }
  return plan;
}

Observations observe_load(const LoadPlan& plan, const LoadOutcome& outcome) {
  Observations seen;
  auto& metrics = seen.metrics;
  add_answers(outcome, seen);
  add_costs_per_request(outcome, metrics);
  if (outcome.completed > 0) {
    metrics["latency_p50_us"] = outcome.corrected.p50;
    metrics["latency_p50_uncorrected_us"] = outcome.uncorrected.p50;
  }
  if (outcome.duration_s > 0) {
    metrics["throughput_rps"] = static_cast<double>(outcome.completed) / outcome.duration_s;
  }
  if (outcome.corrected.p99) metrics["latency_p99_us"] = *outcome.corrected.p99;
  if (outcome.corrected.p999) metrics["latency_p999_us"] = *outcome.corrected.p999;
  if (outcome.uncorrected.p99) metrics["latency_p99_uncorrected_us"] = *outcome.uncorrected.p99;
  if (outcome.uncorrected.p999) metrics["latency_p999_uncorrected_us"] = *outcome.uncorrected.p999;
  if (plan.pacing == Pacing::open) {
    metrics["schedule_lag_p99_us"] = outcome.lag_p99_us;
    if (outcome.scheduled > 0) {
      metrics["sent_per_scheduled"] = static_cast<double>(outcome.sent) / static_cast<double>(outcome.scheduled);
    }
  }
  metrics["rss_peak_bytes"] = static_cast<double>(outcome.subject.rss_peak_bytes);
  metrics["rss_steady_bytes"] = static_cast<double>(outcome.subject.rss_bytes);
  return seen;
}

}  // namespace gauntlet
