#include "scenarios/load/load_info.hpp"

namespace gauntlet {

namespace {

using Type = ParameterInfo::Type;

ParameterInfo number(Type type, std::string name, std::string description, std::string real, std::string smoke,
                     double minimum, double maximum) {
  return {.name = std::move(name),
          .description = std::move(description),
          .type = type,
          .default_value = std::move(real),
          .smoke_value = std::move(smoke),
          .minimum = minimum,
          .maximum = maximum,
          .choices = {}};
}

ParameterInfo word(std::string name, std::string description, std::string value, std::vector<std::string> choices) {
  return {.name = std::move(name),
          .description = std::move(description),
          .type = Type::word,
          .default_value = value,
          .smoke_value = value,
          .choices = std::move(choices)};
}

std::vector<ParameterInfo> parameters() {
  return {
      word("protocol", "what is spoken: http on `path`, or echo of `payload_bytes`", "http", {"http", "echo"}),
      word("pacing", "open: requests are due on a schedule; closed: each connection sends when it was answered", "open",
           {"open", "closed"}),
      word("arrival", "spacing of the open schedule", "poisson", {"poisson", "constant"}),
      number(Type::integer, "connections", "connections, all opened before the load begins", "64", "4", 1, 16'000),
      number(Type::integer, "pipeline", "requests outstanding on a connection (closed)", "1", "1", 1, 256),
      word("reconnect", "each_request: a connection is opened, carries one request and is closed", "never",
           {"never", "each_request"}),
      number(Type::integer, "payload_bytes", "size of an echo message, or of the body of POST /orders", "64", "64", 1,
             1 << 20),
      number(Type::real, "rate_rps", "offered requests per second (open)", "8000", "500", 1, 1e7),
      number(Type::real, "duration_s", "measured window", "5", "0.2", 0.05, 3600),
      number(Type::real, "warmup_s", "longest warm-up; it ends early when throughput is flat", "1", "0.05", 0, 600),
      word("path", "http: /plaintext, /burn/MICROSECONDS, or /orders (sent as POST)", "/plaintext", {}),
      number(Type::integer, "worker_threads", "worker threads of the runtime", "1", "1", 1, 254),
      word("dispatch", "how a runtime with several workers shares out connections", "round_robin",
           {"round_robin", "least_loaded", "affinity"}),
      number(Type::integer, "seed", "of the arrival times", "1", "1", 0, 9e15),
  };
}

std::vector<MetricInfo> metrics() {
  return {
      {"subject_cpu_us_per_request", "us", Better::lower, "CPU of the subject, user and system, per verified answer"},
      {"throughput_rps", "requests/s", Better::higher, "verified answers per second"},
      {"latency_p50_us", "us", Better::lower, "from the intended send time"},
      {"latency_p99_us", "us", Better::lower, "from the intended send time"},
      {"latency_p999_us", "us", Better::lower, "from the intended send time"},
      {"latency_p50_uncorrected_us", "us", Better::lower, "from the actual send time"},
      {"latency_p99_uncorrected_us", "us", Better::lower, "from the actual send time"},
      {"schedule_lag_p99_us", "us", Better::lower, "how late the generator sent: actual minus intended time"},
      {"sent_per_scheduled", "ratio", Better::higher, "requests sent of those that were due (open loop)"},
      {"generator_cpu_us_per_request", "us", Better::lower, "CPU of the load generator per verified answer"},
      {"context_switches_per_request", "switches", Better::lower, "of the subject, voluntary and not"},
      {"rss_peak_bytes", "bytes", Better::lower, "peak memory of the subject since its start"},
      {"rss_steady_bytes", "bytes", Better::lower, "memory of the subject at the end of the window"},
      {"errors", "answers", Better::lower, "wrong, missing or refused answers"},
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
  LoadPlan plan;
  plan.protocol = parameters.word("protocol") == "http" ? Protocol::http : Protocol::echo;
  plan.pacing = parameters.word("pacing") == "open" ? Pacing::open : Pacing::closed;
  plan.arrival = parameters.word("arrival") == "poisson" ? Arrival::poisson : Arrival::constant;
  plan.connections = static_cast<std::uint32_t>(parameters.integer("connections"));
  plan.reconnect = parameters.word("reconnect") == "each_request";
  plan.pipeline =
      plan.pacing == Pacing::closed && !plan.reconnect ? static_cast<std::uint32_t>(parameters.integer("pipeline")) : 1;
  plan.payload_bytes = static_cast<std::uint32_t>(parameters.integer("payload_bytes"));
  plan.rate_rps = plan.pacing == Pacing::open ? parameters.real("rate_rps") : 0;
  plan.duration_s = parameters.real("duration_s");
  plan.warmup_cap_s = parameters.real("warmup_s");
  plan.seed = static_cast<std::uint64_t>(parameters.integer("seed"));
  plan.path = parameters.word("path");
  if (plan.path == "/plaintext") {
    plan.expect_body = "Hello, World!";
  } else if (plan.path.starts_with("/burn/")) {
    plan.expect_body = plan.path.substr(6) + "\n";
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
  if (outcome.completed > 0) {
    const double answers = static_cast<double>(outcome.completed);
    const Consumption& subject = outcome.subject;
    metrics["subject_cpu_us_per_request"] = subject.cpu_s * 1e6 / answers;
    metrics["generator_cpu_us_per_request"] = outcome.generator_cpu_s * 1e6 / answers;
    metrics["context_switches_per_request"] =
        static_cast<double>(subject.voluntary_switches + subject.involuntary_switches) / answers;
    metrics["latency_p50_us"] = outcome.corrected.p50;
    metrics["latency_p50_uncorrected_us"] = outcome.uncorrected.p50;
  }
  if (outcome.duration_s > 0) {
    metrics["throughput_rps"] = static_cast<double>(outcome.completed) / outcome.duration_s;
  }
  if (outcome.corrected.p99) metrics["latency_p99_us"] = *outcome.corrected.p99;
  if (outcome.corrected.p999) metrics["latency_p999_us"] = *outcome.corrected.p999;
  if (outcome.uncorrected.p99) metrics["latency_p99_uncorrected_us"] = *outcome.uncorrected.p99;
  if (plan.pacing == Pacing::open) {
    metrics["schedule_lag_p99_us"] = outcome.lag_p99_us;
    if (outcome.scheduled > 0) {
      metrics["sent_per_scheduled"] = static_cast<double>(outcome.sent) / static_cast<double>(outcome.scheduled);
    }
  }
  metrics["rss_peak_bytes"] = static_cast<double>(outcome.subject.rss_peak_bytes);
  metrics["rss_steady_bytes"] = static_cast<double>(outcome.subject.rss_bytes);
  metrics["errors"] = static_cast<double>(outcome.errors);
  seen.wrong_answers = outcome.errors;
  seen.first_error = outcome.first_error;
  seen.warnings = outcome.warnings;
  return seen;
}

}  // namespace gauntlet
