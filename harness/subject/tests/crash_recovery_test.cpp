// Real processes that crash under load, on every runtime and with every journal.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "harness/measure/histogram_codec.hpp"
#include "harness/subject/harness_bench.hpp"
#include "runtimes/contract/registry.hpp"
#include "runtimes/recovery/journal/journal_backend.hpp"
#include "scenarios/scenario.hpp"

namespace gauntlet {
namespace {

constexpr int crashes_of_each_runtime = 60;

class CrashesUnderLoad : public testing::TestWithParam<std::string> {
 protected:
  /// As often with each backend and promise.
  static int crashes_of_each_run() {
    const int runs = static_cast<int>(recovery::journal_backends().size()) * 2;
    return (crashes_of_each_runtime + runs - 1) / runs;
  }

  static std::map<std::string, std::string> parameters_for(const std::string& backend, const std::string& promise) {
    return {{"kills", std::to_string(crashes_of_each_run())},
            {"crash_at", "both"},
            {"clients", "8"},
            {"life_ms", "40"},
            {"work_us", "500"},
            {"segment_kib", "256"},
            {"journal_backend", backend},
            {"promise", promise}};
  }

  void crash(const std::map<std::string, std::string>& given) {
    const Scenario& scenario = *find_scenario("crash_recovery");
    const auto parameters = Parameters::resolve(scenario.info().parameters, given, false);
    ASSERT_TRUE(parameters.has_value()) << parameters.error();
    SubjectSetup setup = setup_here(-1);
    setup.worker = setup.worker_for(GetParam(), scenario.info());
    WorkerOptions worker;
    worker.scenario = "crash_recovery";
    worker.runtime = GetParam();
    worker.params = given;
    // Not execute_run(), which does again what other programs disturbed: here nothing is measured.
    HarnessBench bench(setup, worker, *parameters);
    try {
      const Observations seen = scenario.drive(bench);
      const Judgement judgement = scenario.judge(seen);
      EXPECT_EQ(judgement.status, RunStatus::ok)
          << given.at("journal_backend") << ", " << given.at("promise") << ": " << judgement.reason
          << (seen.warnings.empty() ? "" : "; " + seen.warnings.front().text);
      const auto recoveries = std::ranges::find(bench.histograms(), "recovery", &OfferedHistogram::tag);
      ASSERT_NE(recoveries, bench.histograms().end());
      EXPECT_GT(decode_compressed(recoveries->base64)->count(), 0);
      crashes_ += seen.metrics.at("crashes_count");
      at_failpoints_ += seen.metrics.at("failpoint_crashes_count");
    } catch (const SubjectSkipped& skipped) {
      GTEST_SKIP() << skipped.what();
    } catch (const SubjectFailure& failure) {
      bench.abandon();
      FAIL() << failure.what() << "\n" << bench.stderr_tail();
    }
  }

  double crashes_ = 0, at_failpoints_ = 0;
};

TEST_P(CrashesUnderLoad, LoseNothingThatWasAcknowledged) {
  for (const std::string_view backend : recovery::journal_backends()) {
    for (const char* promise : {"accepted", "completed"}) crash(parameters_for(std::string(backend), promise));
    if (IsSkipped()) return;
  }
  EXPECT_GE(crashes_, crashes_of_each_runtime);
  EXPECT_GT(at_failpoints_, 0);
}

std::vector<std::string> runtimes() {
  std::vector<std::string> names;
  for (const RuntimeEntry& entry : all_runtimes()) {
    const bool has_journal = what_is_missing(entry, Feature::blocking_calls) == nullptr;
    if (!entry.negative_control && has_journal) names.emplace_back(entry.name);
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(EveryRuntime, CrashesUnderLoad, testing::ValuesIn(runtimes()),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace gauntlet
