#include "scenarios/crash_recovery/crash_recovery.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>

#include "runtimes/files/scratch_folder.hpp"
#include "scenarios/crash_recovery/crash_planner.hpp"
#include "scenarios/crash_recovery/crash_recovery_info.hpp"
#include "scenarios/crash_recovery/effect_sink.hpp"
#include "scenarios/crash_recovery/order_clients.hpp"
#include "scenarios/crash_recovery/order_clock.hpp"
#include "scenarios/crash_recovery/order_service.hpp"
#include "scenarios/crash_recovery/throughput.hpp"

namespace gauntlet {

namespace {

using namespace std::chrono_literals;

constexpr double usual_share = 0.9;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// When failpoints fired, in the order of their firing.
std::vector<std::int64_t> fired_in(const std::filesystem::path& folder) {
  std::ifstream record(folder / failpoints_record);
  std::vector<std::int64_t> times;
  std::string name;
  std::uint64_t hit = 0;
  for (std::int64_t time = 0; record >> name >> hit >> time;) times.push_back(time);
  return times;
}

/// Servers of one run, one after the other, and how each of them ended.
class Servers {
 public:
  Servers(Bench& bench, OrderClients& clients, const std::filesystem::path& folder)
      : bench_(bench), clients_(clients), folder_(folder) {}

  /// A process has been started: makes it a server that ends as planned.
  void live(const CrashPlan& plan) {
    if (plan.failpoint) bench_.expect_death();
    was_open_ = open(plan.failpoint ? to_text(*plan.failpoint) : "");
    Crash crash{.earliest_ns = 0, .latest_ns = 0, .was_open = was_open_};
    std::optional<int> end;
    if (plan.failpoint) {
      end = bench_.await_death(was_open_ ? plan.life : 10s);
    } else {
      std::this_thread::sleep_for(plan.life);
    }
    crash.earliest_ns = order_clock_ns();
    if (!end) {
      bench_.kill(plan.signal);
      end = bench_.await_death(10s);
    }
    crash.latest_ns = order_clock_ns();
    clients_.server_at(0);
    if (end == plan.signal) ++crashes_;
    if (const auto fired = fired_in(folder_); fired.size() > failpoint_crashes_) {
      failpoint_crashes_ = fired.size();
      crash.earliest_ns = fired.back();
    } else if (plan.failpoint) {
      ++missed_;
    }
    crashes_seen_.push_back(crash);
    if (was_open_) lives_.back().end_ns = crash.earliest_ns;
  }

  /// The last one, which is to live on.
  void live_on() { open(""); }
  void ended() { lives_.back().end_ns = order_clock_ns(); }

  bool was_open() const { return was_open_; }
  const std::vector<Crash>& crashes() const { return crashes_seen_; }
  const std::vector<ServerLife>& lives() const { return lives_; }
  /// Of each restart that came to be open for orders.
  const std::vector<double>& recovery_ms() const { return recovery_ms_; }

  void tell(Observations& seen) const {
    seen.metrics["crashes_count"] = static_cast<double>(crashes_);
    seen.metrics["unproven_crashes_count"] = static_cast<double>(crashes_seen_.size() - crashes_);
    seen.metrics["failpoint_crashes_count"] = static_cast<double>(failpoint_crashes_);
    seen.metrics["failpoints_missed_count"] = static_cast<double>(missed_);
    seen.metrics["recovery_time_ms"] = median(recovery_ms_);
    seen.metrics["replayed_requests_count"] = replayed_;
    seen.metrics["dead_letters_count"] = dead_;
  }

 private:
  /// False: it ended before it was open for orders.
  bool open(const std::string& failpoints) {
    bench_.tell(folder_.string() + "\n" + failpoints);
    const auto report = bench_.await_report(30s);
    if (report.empty()) return false;
    if (!crashes_seen_.empty()) recovery_ms_.push_back(report.at("recovery_ms"));
    replayed_ += report.at("incomplete");
    dead_ += report.at("dead");
    const std::int64_t before = crashes_seen_.empty() ? 0 : crashes_seen_.back().earliest_ns;
    lives_.push_back({.crash_before_ns = before, .open_ns = order_clock_ns(), .end_ns = 0});
    clients_.server_at(static_cast<std::uint16_t>(report.at("port")));
    return true;
  }

  Bench& bench_;
  OrderClients& clients_;
  const std::filesystem::path folder_;
  bool was_open_ = true;
  std::vector<Crash> crashes_seen_;
  std::vector<ServerLife> lives_;
  std::vector<double> recovery_ms_;
  std::uint64_t crashes_ = 0, missed_ = 0;
  std::size_t failpoint_crashes_ = 0;
  double replayed_ = 0, dead_ = 0;
};

Observations observations_of(const OrderClients& clients, const Audit& audit) {
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
  seen.wrong_answers = clients.wrong_answers();
  seen.first_error = "an order was answered with neither 201, 409 nor 503";
  if (!audit.first_breach.empty()) {
    seen.warnings.push_back({.severity = Warning::Severity::note, .code = "breach", .text = audit.first_breach});
  }
  return seen;
}

std::vector<std::int64_t> times_of_answers(const std::vector<Order>& orders) {
  std::vector<std::int64_t> times;
  for (const Order& order : orders) {
    if (order.acknowledged) times.push_back(order.answered_ns);
  }
  return times;
}

class CrashRecoveryScenario final : public Scenario {
 public:
  const ScenarioInfo& info() const override { return crash_recovery_info(); }

  Task<int> serve(ServeContext& context) const override { return serve_orders(context); }

  Observations drive(Bench& bench) const override {
    const Parameters& parameters = bench.parameters();
    CrashPlanner planner({.at = parameters.word("crash_at"),
                          .signals = parameters.word("signals"),
                          .life_max = std::chrono::milliseconds(parameters.integer("life_ms")),
                          .seed = static_cast<std::uint64_t>(parameters.integer("seed"))});
    // For the journal, the effects and the failpoints of this run.
    const ScratchFolder folder;
    EffectSink sink(folder.path() / effects_name);
    OrderClients clients(static_cast<unsigned>(parameters.integer("clients")));
    Servers servers(bench, clients, folder.path());
    bench.start();
    for (std::int64_t kill = 0; kill < parameters.integer("kills"); ++kill) {
      servers.live(planner.next(servers.was_open()));
      bench.restart();
    }
    servers.live_on();
    clients.finish();
    servers.ended();
    bench.stop();
    const bool once_after_answer = promise_named(parameters.word("promise")) == recovery::Promise::accepted;
    const std::vector<Order> orders = clients.orders();
    const Audit audit = audit_orders(orders, sink.finish(), servers.crashes(), once_after_answer);
    Observations seen = observations_of(clients, audit);
    servers.tell(seen);
    bench.keep_times("recovery", servers.recovery_ms());
    if (const auto back = ms_back_to_throughput(times_of_answers(orders), servers.lives(), usual_share)) {
      seen.metrics["back_to_90_percent_ms"] = *back;
    }
    return seen;
  }
};

}  // namespace

const Scenario& crash_recovery_scenario() {
  static const CrashRecoveryScenario scenario;
  return scenario;
}

}  // namespace gauntlet
