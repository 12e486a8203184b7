#include "scenarios/journal_cost/journal_cost.hpp"

#include "scenarios/common_rows.hpp"
#include "scenarios/journal_cost/append_rates.hpp"
#include "scenarios/journal_cost/journal_figures.hpp"
#include "scenarios/journal_cost/journal_service.hpp"

namespace gauntlet {

namespace {

using namespace std::chrono_literals;

void add_append_metrics(ScenarioInfo& info) {
  const auto add = [&info](const std::string& name, const char* unit, const std::string& what) {
    info.metrics.push_back({name, unit, Better::higher, what});
  };
  add("raw_appends_per_s", "records/s", "write and fdatasync in a zero-filled file, one record at a time: the floor");
  for (const std::string backend : {"segment", "mmap", "leveldb", "rocksdb"}) {
    add(backend + "_1_appends_per_s", "records/s", "durable records of 256 bytes, one writer, one at a time");
    add(backend + "_64_appends_per_s", "records/s", "the same, 64 tasks with one record at a time each");
  }
  add("segment_1_of_raw_percent", "%", "one writer, of the floor of the same round");
  add("segment_64_of_segment_1_ratio", "times", "what 64 tasks make durable, against one writer");
  for (const std::string other : {"mmap", "leveldb", "rocksdb"}) {
    for (const std::string clients : {"_1", "_64"}) {
      add("segment" + clients + "_of_" + other + clients + "_ratio", "times", "rate of segment against " + other);
    }
  }
}

void add_claims(ScenarioInfo& info) {
  const char* const source = "recovery: what the journal may cost on the disk it is on";
  const auto claim = [&info, source](const char* name, const char* metric, double limit) {
    info.claims.push_back({name, ClaimKind::headline, metric, limit, source});
  };
  claim("near_the_floor", "segment_1_of_raw_percent", 70);
  claim("clients_share_a_sync", "segment_64_of_segment_1_ratio", 5);
  for (const char* metric : {"segment_1_of_leveldb_1_ratio", "segment_64_of_leveldb_64_ratio",
                             "segment_1_of_rocksdb_1_ratio", "segment_64_of_rocksdb_64_ratio"}) {
    claim(metric, metric, 1);
  }
  claim("index_of_100000", "index_ms", 250);
  claim("failpoints_are_free", "failpoint_off_ns", 1);
}

ScenarioInfo describe() {
  ScenarioInfo info;
  info.name = "journal_cost";
  info.question = "What does it cost in CPU and throughput to journal each request before it runs?";
  info.parameters = {
      word_parameter("journal_backend", "what the journal is kept in", "segment",
                     {no_journal, "segment", "mmap", "leveldb", "rocksdb"}),
      word_parameter("promise", "what an answer promises", "accepted", {"accepted", "completed"}),
      real_parameter("duration_s", "window of each load", "2", "0.1", 0.05, 600),
      real_parameter("warmup_s", "most time before the window", "0.5", "0.1", 0, 60),
      integer_parameter("rounds", "of append rates, each with all backends in turn", "5", "1", 1, 1000),
      integer_parameter("window_ms", "of each append rate", "120", "5", 1, 60'000),
      integer_parameter("segment_kib", "size of a segment", "16384", "256", 64, 1'048'576),
      integer_parameter("requests", "unfinished, to be read and indexed", "100000", "1000", 1000, 10'000'000),
      arrival_seed_parameter(),
  };
  info.metrics = {
      {"throughput_64_rps", "1/s", Better::higher, "orders answered, 64 connections with one request each"},
      {"throughput_1_rps", "1/s", Better::higher, "the same with one connection"},
      {"cpu_us_per_request_64", "us", Better::lower, "CPU of the subject for each, 64 connections"},
      {"cpu_us_per_request_1", "us", Better::lower, "the same with one connection"},
      common_metric::errors(),
      {"index_ms", "ms", Better::lower, "reading and indexing unfinished requests of 256 bytes, by default 100,000"},
      {"failpoint_off_ns", "ns", Better::lower,
       "coming past a failpoint while none is armed; a request passes a dozen"},
  };
  add_append_metrics(info);
  add_claims(info);
  return info;
}

LoadPlan orders(const Parameters& parameters, std::uint32_t connections) {
  LoadPlan plan;
  plan.method = "POST";
  plan.path = "/orders";
  plan.body = std::string(append_bytes, 'o');
  plan.expect_status = 201;
  plan.pacing = Pacing::closed;
  plan.connections = connections;
  plan.seed = static_cast<std::uint64_t>(parameters.integer("seed"));
  plan.warmup_cap_s = parameters.real("warmup_s");
  plan.duration_s = parameters.real("duration_s");
  return plan;
}

void offer_orders(Bench& bench, std::uint32_t connections, Observations& seen) {
  const std::string count = std::to_string(connections);
  const LoadOutcome load = bench.offer(orders(bench.parameters(), connections), "orders-" + count);
  add_answers(load, seen);
  seen.metrics["throughput_" + count + "_rps"] = static_cast<double>(load.completed) / load.duration_s;
  if (load.completed > 0) seen.metrics["cpu_us_per_request_" + count] = subject_cpu_us_per_request(load);
}

class JournalCostScenario final : public Scenario {
 public:
  const ScenarioInfo& info() const override {
    static const ScenarioInfo described = describe();
    return described;
  }

  Task<int> serve(ServeContext& context) const override { return serve_with_journal(context); }

  Observations drive(Bench& bench) const override {
    Observations seen;
    bench.start();
    for (const std::uint32_t connections : {1U, 64U}) offer_orders(bench, connections, seen);
    std::vector<std::map<std::string, double>> rounds;
    for (std::int64_t i = 0; i < bench.parameters().integer("rounds"); ++i) {
      bench.tell(round_command);
      rounds.push_back(bench.await_report(60s));
    }
    seen.metrics.merge(append_metrics(rounds));
    bench.tell(index_command);
    seen.metrics.merge(bench.await_report(60s));
    bench.stop();
    return seen;
  }
};

}  // namespace

const Scenario& journal_cost_scenario() {
  static const JournalCostScenario scenario;
  return scenario;
}

}  // namespace gauntlet
