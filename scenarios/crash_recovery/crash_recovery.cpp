#include "scenarios/crash_recovery/crash_recovery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <thread>

#include "runtimes/files/scratch_folder.hpp"
#include "scenarios/crash_recovery/order_clients.hpp"
#include "scenarios/crash_recovery/order_service.hpp"

namespace gauntlet {

namespace {

using namespace std::chrono_literals;

ScenarioInfo describe() {
  ScenarioInfo info;
  info.name = "crash_recovery";
  info.question = "Which acknowledged orders are lost, or executed too often, when the server is killed under load?";
  info.parameters = {
      integer_parameter("kills", "times that the server is killed with SIGKILL", "20", "2", 1, 10'000),
      integer_parameter("clients", "clients, each with one order at a time", "16", "4", 1, 1'000),
      integer_parameter("life_ms", "longest life of a server that is open for orders; the shortest is a fifth", "500",
                        "200", 10, 60'000),
      integer_parameter("work_us", "how long an order takes", "2000", "2000", 0, 1'000'000),
      integer_parameter("segment_kib", "size of a journal's segment", "4096", "1024", 64, 1'048'576),
      integer_parameter("seed", "of the times of the kills", "1", "1", 0, 1e9),
      word_parameter("promise", "what an answer promises", "completed", {"accepted", "completed"}),
      word_parameter("journal_path", "folder of the server; 'told': the harness makes one", journal_folder_told, {}),
  };
  info.metrics = {
      {"recovery_time_ms", "ms", Better::lower, "median from the start of a recovery until open for orders"},
      {"acknowledged_lost_count", "orders", Better::lower, "acknowledged, and unknown or other at the end"},
      {"never_executed_count", "orders", Better::lower, "acknowledged, and without effect"},
      {"duplicates_beyond_promise_count", "orders", Better::lower, "executed more often than crashes excuse"},
      {"unattempted_recovered_count", "orders", Better::lower, "executed, though nobody sent them"},
      {"trace_breaks_count", "orders", Better::lower, "executed under another trace than their client's"},
      {"hung_requests_count", "orders", Better::lower, "not answered within 10 s of a living server"},
      {"dead_letters_count", "orders", Better::lower, "given up by the server"},
      {"interrupted_requests_count", "requests", Better::higher, "on their way when the server was killed"},
      {"replayed_requests_count", "requests", Better::higher, "found unfinished in the journal"},
      {"acknowledged_count", "orders", Better::higher, "orders answered"},
  };
  const char* source = "recovery: nothing acknowledged is lost, nothing is done more often than promised";
  for (const char* metric : {"acknowledged_lost", "never_executed", "duplicates_beyond_promise",
                             "unattempted_recovered", "trace_breaks", "hung_requests", "dead_letters"}) {
    info.claims.push_back({metric, ClaimKind::must, std::string(metric) + "_count", 0, source});
  }
  info.claims.push_back({"fault_fired", ClaimKind::must, "interrupted_requests_count", 1,
                         "a fault proves that it fired: a run in which nothing was hurt is no pass"});
  return info;
}

std::string effects_in(const std::filesystem::path& folder) {
  std::ifstream file(folder / "effects", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// What the server said of its starts.
struct Starts {
  std::vector<double> recovery_ms;
  double replayed = 0;
  double dead = 0;
};

std::uint16_t open_for_orders(Bench& bench, const std::filesystem::path& folder, Starts& starts) {
  bench.tell(folder.string());
  const auto report = bench.await_report(30s);
  starts.recovery_ms.push_back(report.at("recovery_ms"));
  starts.replayed += report.at("incomplete");
  starts.dead += report.at("dead");
  return static_cast<std::uint16_t>(report.at("port"));
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

Observations observations_of(const OrderClients& clients, const Audit& audit, const Starts& starts) {
  Observations seen;
  const auto put = [&seen](const char* name, std::uint64_t value) { seen.metrics[name] = static_cast<double>(value); };
  put("acknowledged_lost_count", audit.acknowledged_lost);
  put("never_executed_count", audit.never_executed);
  put("duplicates_beyond_promise_count", audit.duplicates_beyond_promise);
  put("unattempted_recovered_count", audit.unattempted);
  put("trace_breaks_count", audit.trace_breaks);
  put("hung_requests_count", clients.hung());
  put("interrupted_requests_count", clients.interrupted());
  put("acknowledged_count", audit.acknowledged);
  seen.metrics["recovery_time_ms"] = median(starts.recovery_ms);
  seen.metrics["replayed_requests_count"] = starts.replayed;
  seen.metrics["dead_letters_count"] = starts.dead;
  seen.wrong_answers = clients.wrong_answers();
  seen.first_error = "an order was answered with neither 201, 409 nor 503";
  if (!audit.first_breach.empty()) {
    seen.warnings.push_back({.severity = Warning::Severity::note, .code = "breach", .text = audit.first_breach});
  }
  return seen;
}

class CrashRecoveryScenario final : public Scenario {
 public:
  const ScenarioInfo& info() const override {
    static const ScenarioInfo described = describe();
    return described;
  }

  Task<int> serve(ServeContext& context) const override { return serve_orders(context); }

  Observations drive(Bench& bench) const override {
    const Parameters& parameters = bench.parameters();
    const std::int64_t life_ms = parameters.integer("life_ms");
    std::mt19937_64 random(static_cast<std::uint64_t>(parameters.integer("seed")));
    std::uniform_int_distribution<std::int64_t> life(life_ms / 5, life_ms);
    // For the journal and the effects of this run.
    const ScratchFolder folder;
    Starts first, starts;
    bench.start();
    OrderClients clients(static_cast<unsigned>(parameters.integer("clients")));
    clients.server_at(open_for_orders(bench, folder.path(), first));
    for (std::int64_t kill = 0; kill < parameters.integer("kills"); ++kill) {
      std::this_thread::sleep_for(std::chrono::milliseconds(life(random)));
      clients.kill_begins();
      bench.kill(SIGKILL);
      clients.server_at(0);
      bench.restart();
      clients.kill_done();
      clients.server_at(open_for_orders(bench, folder.path(), starts));
    }
    clients.finish();
    bench.stop();
    const bool once_after_answer = promise_named(parameters.word("promise")) == recovery::Promise::accepted;
    return observations_of(clients, audit_orders(clients.orders(), effects_in(folder.path()), once_after_answer),
                           starts);
  }
};

}  // namespace

const Scenario& crash_recovery_scenario() {
  static const CrashRecoveryScenario scenario;
  return scenario;
}

}  // namespace gauntlet
