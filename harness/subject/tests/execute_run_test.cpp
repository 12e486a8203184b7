#include "harness/subject/execute_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>

namespace gauntlet {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

/// Asks one question and stops; `drive_as` replaces that.
class AskingScenario final : public Scenario {
 public:
  AskingScenario() {
    info_.name = "asking";
    info_.metrics = {{.name = "idle_cpu_percent", .unit = "%", .better = Better::lower, .description = ""},
                     {.name = "jobs_run", .unit = "jobs", .better = Better::lower, .description = ""}};
    info_.claims = {{.name = "idle", .kind = ClaimKind::must, .metric = "idle_cpu_percent", .limit = 5, .source = ""}};
  }
  const ScenarioInfo& info() const override { return info_; }
  Task<int> serve(ServeContext&) const override { co_return 0; }
  Observations drive(Bench& bench) const override {
    if (drive_as) return drive_as(bench);
    bench.start();
    bench.tell("go");
    Observations seen{.metrics = bench.await_report(300ms), .first_error = {}, .warnings = {}};
    bench.stop();
    return seen;
  }
  std::function<Observations(Bench&)> drive_as;
  ScenarioInfo info_;
};

class ExecuteRun : public testing::Test {
 protected:
  ExecuteRun() {
    setup_.worker = GAUNTLET_FAKE_WORKER;
    setup_.load = "/bin/false";
    setup_.placement = placement_here();
    setup_.start_limit = 2s;
    setup_.stop_limit = 500ms;
  }
  ~ExecuteRun() override {
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child was left behind";
    EXPECT_EQ(errno, ECHILD);
  }

  RunRecord run(const std::string& behaviour) {
    RunSpec spec;
    spec.scenario = "asking";
    spec.runtime = behaviour;
    return execute_run(spec, scenario_, setup_).record;
  }

  AskingScenario scenario_;
  SubjectSetup setup_;
};

TEST_F(ExecuteRun, RecordsWhatAWellBehavedSubjectGives) {
  const RunRecord record = run("behaves");
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
  EXPECT_EQ(record.effective_config.at("backend"), "behaves");
  EXPECT_EQ(record.metrics.at("idle_cpu_percent").value, 1.5);
  EXPECT_EQ(record.metrics.at("idle_cpu_percent").unit, "%");
  ASSERT_EQ(record.verdicts.size(), 1u);
  EXPECT_TRUE(record.verdicts.front().met);
  EXPECT_THAT(record.started, testing::EndsWith("Z"));
  EXPECT_GT(record.elapsed_s, 0);
}

TEST_F(ExecuteRun, TakesTheRuntimesCountersThatTheScenarioDeclares) {
  const RunRecord record = run("behaves");
  EXPECT_EQ(record.metrics.at("jobs_run").value, 12);
  EXPECT_EQ(record.metrics.count("turns"), 0u);
}

TEST_F(ExecuteRun, ABrokenMustFailsTheRunAndKeepsItsFigures) {
  scenario_.info_.claims.front().limit = 1;
  const RunRecord record = run("behaves");
  EXPECT_EQ(record.status, RunStatus::failed);
  EXPECT_EQ(record.metrics.at("idle_cpu_percent").value, 1.5);
  EXPECT_FALSE(record.verdicts.at(0).met);
}

TEST_F(ExecuteRun, ASubjectThatDiesAtStartIsAFailedRunWithItsLastWords) {
  const RunRecord record = run("dies_at_start");
  EXPECT_EQ(record.status, RunStatus::failed);
  EXPECT_EQ(record.reason, "the subject exited with code 9 before it was ready");
  EXPECT_EQ(record.stderr_tail, "last words\n");
  EXPECT_THAT(record.verdicts, IsEmpty());
}

TEST_F(ExecuteRun, ACrashIsToldByTheNameOfItsSignal) {
  const RunRecord record = run("crashes");
  EXPECT_EQ(record.status, RunStatus::failed);
  EXPECT_THAT(record.reason, HasSubstr("was killed by SIGSEGV"));
}

TEST_F(ExecuteRun, ASubjectThatHangsAtStartIsGivenUp) {
  setup_.start_limit = 200ms;
  const RunRecord record = run("hangs_at_start");
  EXPECT_EQ(record.status, RunStatus::failed);
  EXPECT_EQ(record.reason, "the subject was not ready within 0.2 s");
}

TEST_F(ExecuteRun, ASubjectThatDoesNotReportIsGivenUp) {
  EXPECT_EQ(run("is_silent").reason, "the subject did not report within 0.3 s");
}

TEST_F(ExecuteRun, ASubjectThatWillNotStopIsAFailedRun) {
  EXPECT_EQ(run("will_not_stop").reason, "the subject did not stop within 0.5 s");
}

TEST_F(ExecuteRun, RubbishOnTheMessagePipeIsAFailedRunThatShowsIt) {
  const RunRecord record = run("rubbish");
  EXPECT_EQ(record.status, RunStatus::failed);
  EXPECT_THAT(record.reason, HasSubstr("rubbish"));
  EXPECT_THAT(record.reason, HasSubstr("Segmentation fault, probably"));
}

TEST_F(ExecuteRun, AFailureThatTheSubjectTellsIsTheReason) {
  EXPECT_EQ(run("fails_at_stop").reason, "the subject failed: serve() ended with an exception: no");
}

TEST_F(ExecuteRun, ASubjectThatCannotRunHereIsSkippedWithItsReason) {
  const RunRecord record = run("skips");
  EXPECT_EQ(record.status, RunStatus::skipped);
  EXPECT_EQ(record.reason, "this kernel has none");
  EXPECT_EQ(run("skips_silently").status, RunStatus::skipped);
}

TEST_F(ExecuteRun, AnotherRuntimeThanTheOneAskedForIsAFailedRun) {
  const RunRecord record = run("impostor");
  EXPECT_EQ(record.status, RunStatus::failed);
  EXPECT_EQ(record.reason, "asked for 'impostor', but the subject ran 'another'");
}

TEST_F(ExecuteRun, ATalkativeSubjectIsNotStalledAndItsTailIsKept) {
  const RunRecord record = run("talks");
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
  EXPECT_LE(record.stderr_tail.size(), TextTail::kLimit + 3);
  EXPECT_THAT(record.stderr_tail, testing::EndsWith("line 99999 of very many\n"));
}

TEST_F(ExecuteRun, AProgramThatIsNotThereIsAFailedRunThatNamesIt) {
  setup_.worker = "/nowhere/gauntlet-worker";
  EXPECT_THAT(run("behaves").reason, HasSubstr("/nowhere/gauntlet-worker: No such file"));
}

TEST_F(ExecuteRun, AMetricThatIsNotDeclaredIsAFailedRun) {
  scenario_.drive_as = [](Bench& bench) {
    bench.start();
    bench.stop();
    return Observations{.metrics = {{"surprise_us", 1}}, .first_error = {}, .warnings = {}};
  };
  EXPECT_THAT(run("behaves").reason, HasSubstr("surprise_us"));
}

TEST_F(ExecuteRun, ASubjectWhoseWorkIsDoneMayEndBeforeItIsStopped) {
  scenario_.drive_as = [](Bench& bench) {
    bench.start();
    EXPECT_THROW(static_cast<void>(bench.observe(10s)), SubjectFailure) << "there is nothing to observe";
    Observations seen{.metrics = bench.await_report(300ms), .first_error = {}, .warnings = {}};
    EXPECT_THROW(bench.await_report(300ms), SubjectFailure);
    EXPECT_THROW(bench.kill(SIGKILL), SubjectFailure);
    EXPECT_GT(bench.stop().rss_peak_bytes, 0u);
    return seen;
  };
  const RunRecord record = run("ends_by_itself");
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
}

TEST_F(ExecuteRun, AKilledSubjectCanBeRestarted) {
  scenario_.drive_as = [](Bench& bench) {
    bench.start();
    bench.kill(SIGKILL);
    bench.restart();
    bench.tell("go");
    Observations seen{.metrics = bench.await_report(300ms), .first_error = {}, .warnings = {}};
    bench.stop();
    return seen;
  };
  const RunRecord record = run("behaves");
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
}

TEST_F(ExecuteRun, APausedSubjectIsSilentAndGoesOnWhenResumed) {
  scenario_.drive_as = [](Bench& bench) {
    bench.start();
    bench.pause();
    bench.tell("go");
    EXPECT_THROW(bench.await_report(50ms), SubjectFailure);
    bench.resume();
    Observations seen{.metrics = bench.await_report(2s), .first_error = {}, .warnings = {}};
    bench.stop();
    return seen;
  };
  EXPECT_EQ(run("behaves").status, RunStatus::ok);
}

TEST_F(ExecuteRun, ASubjectLeftPausedIsKilledAllTheSame) {
  scenario_.drive_as = [](Bench& bench) -> Observations {
    bench.start();
    bench.pause();
    throw SubjectFailure("given up");
  };
  EXPECT_EQ(run("behaves").reason, "given up");
}

TEST_F(ExecuteRun, AGeneratorThatFailsIsAFailedRunThatSaysSo) {
  scenario_.drive_as = [](Bench& bench) {
    bench.start();
    bench.offer({}, "");
    return Observations{};
  };
  EXPECT_THAT(run("behaves").reason, HasSubstr("the load generator exited with code 1"));
}

TEST_F(ExecuteRun, ADisturbedOrInvalidRunIsRepeatedOnceAndSaysSo) {
  const Warning disturbed = {Warning::Severity::note, "disturbed", "others took 9 %"};
  int attempts = 0;
  const auto attempt_ends = [&](Observations first, Observations second) {
    attempts = 0;
    scenario_.drive_as = [&attempts, first, second](Bench& bench) {
      bench.start();
      bench.stop();
      return ++attempts == 1 ? first : second;
    };
    return run("behaves");
  };
  const Observations fine{.metrics = {{"idle_cpu_percent", 1}}, .first_error = {}, .warnings = {}};
  Observations beside_others = fine, invalid = fine, wrong = fine;
  beside_others.warnings = {disturbed};
  invalid.warnings = {{Warning::Severity::invalid, "schedule_lag", "late"}};
  wrong.warnings = {disturbed};
  wrong.wrong_answers = 1;

  const RunRecord repeated = attempt_ends(beside_others, fine);
  EXPECT_EQ(attempts, 2);
  EXPECT_EQ(repeated.status, RunStatus::ok);
  ASSERT_EQ(repeated.warnings.size(), 1u);
  EXPECT_EQ(repeated.warnings[0].text, "the run was repeated, because others took 9 %");

  EXPECT_EQ(attempt_ends(invalid, fine).status, RunStatus::ok);
  EXPECT_EQ(attempt_ends(invalid, invalid).status, RunStatus::invalid);
  EXPECT_EQ(attempt_ends(beside_others, invalid).status, RunStatus::ok) << "the better of the two is kept";
  EXPECT_EQ(attempt_ends(beside_others, wrong).status, RunStatus::failed);
  EXPECT_EQ(attempt_ends(wrong, fine).status, RunStatus::failed) << "a wrong answer is not taken back";
  EXPECT_EQ(attempts, 1);
}

}  // namespace
}  // namespace gauntlet
