#include "harness/gate/recorded_rounds.hpp"

#include <gtest/gtest.h>

#include "harness/gate/tests/gate_fixture.hpp"
#include "harness/store/durable_file.hpp"
#include "runtimes/files/scratch_folder.hpp"

namespace gauntlet {
namespace {

EnvironmentRecord machine_called(const std::string& name) {
  return {.fingerprint = name, .facts = {{.name = "cpu_model", .value = name, .warning = "", .identifies = true}}};
}

RunRecord recorded_run(const GatePlan& plan, const std::string& arm, int round) {
  RunRecord record;
  record.spec = {.cell = plan.duels[0].name(),
                 .scenario = "load",
                 .runtime = "single_loop",
                 .arm = arm,
                 .round = round,
                 .params = plan.duels[0].params};
  record.metrics[fixtures::kCost] = {.value = 4.0 + round, .unit = "us", .better = Better::lower};
  record.metrics["latency_p99_us"] = {.value = 100, .unit = "us", .better = Better::lower};
  return record;
}

struct Recording {
  const GatePlan plan = fixtures::one_build();
  const ScratchFolder folder;
  const std::filesystem::path path = folder.path() / "pool.jsonl";

  void gate(int rounds, const std::string& machine = "here") const {
    auto recorder = RoundRecorder::append_to(path, machine_called(machine), "gauntlet gate");
    ASSERT_TRUE(recorder) << recorder.error();
    for (int round = 0; round < rounds; ++round) {
      for (const char* arm : {"head", "against", "again"})
        ASSERT_TRUE(recorder->record(recorded_run(plan, arm, round)));
    }
  }
  std::string text() const { return *read_file(path); }
};

TEST(RecordedRounds, OfSeveralGatesStandOneBehindTheOther) {
  const Recording recording;
  recording.gate(2);
  recording.gate(3);
  const auto rounds = load_recorded_rounds(recording.path, recording.plan);
  ASSERT_TRUE(rounds) << rounds.error();
  const auto& duel = rounds->by_name.at(recording.plan.duels[0].name());
  ASSERT_EQ(duel.size(), 5u);
  EXPECT_EQ(duel[4].at("again").metrics.at(fixtures::kCost).value, 6);
  EXPECT_EQ(duel[0].at("head").metrics.size(), 1u) << "the plan gates one metric";
  EXPECT_EQ(rounds->environment.fingerprint, "here");
}

TEST(RecordedRounds, LeaveOutARoundThatAKillCutShortAndAreAppendedTo) {
  const Recording recording;
  recording.gate(2);
  const std::string whole = recording.text();
  ASSERT_TRUE(replace_file(recording.path, whole.substr(0, whole.size() - 40)));
  ASSERT_EQ(load_recorded_rounds(recording.path, recording.plan)->by_name.begin()->second.size(), 1u);
  recording.gate(2);
  const auto rounds = load_recorded_rounds(recording.path, recording.plan);
  ASSERT_TRUE(rounds) << rounds.error();
  EXPECT_EQ(rounds->by_name.begin()->second.size(), 3u);
}

TEST(RecordedRounds, RefuseLinesThatAreNotTheirs) {
  const Recording recording;
  recording.gate(1);
  const std::string good = recording.text();
  const auto refusal = [&](const std::string& text) {
    const auto rounds = parse_recorded_rounds(text, recording.plan);
    return rounds ? std::string() : rounds.error();
  };
  EXPECT_NE(refusal(good + "{\"what\": 1}\n").find("line 5"), std::string::npos);
  EXPECT_NE(refusal(good + "half a li\n" + good.substr(good.find('\n') + 1)).find("line 5"), std::string::npos);
  EXPECT_NE(refusal(good.substr(good.find('\n') + 1)).find("before any line"), std::string::npos);
}

TEST(RecordedRounds, RefuseToMixMachines) {
  const Recording recording;
  recording.gate(1);
  recording.gate(1, "elsewhere");
  const auto rounds = load_recorded_rounds(recording.path, recording.plan);
  ASSERT_FALSE(rounds);
  EXPECT_NE(rounds.error().find("another machine"), std::string::npos) << rounds.error();
  EXPECT_NE(rounds.error().find("cpu_model"), std::string::npos) << rounds.error();
}

TEST(RecordedRounds, RefuseOtherParametersThanTheGateHasNow) {
  const Recording recording;
  recording.gate(1);
  GatePlan changed = recording.plan;
  changed.duels[0].params["duration_s"] = "77";
  const auto rounds = load_recorded_rounds(recording.path, changed);
  ASSERT_FALSE(rounds);
  EXPECT_NE(rounds.error().find("other parameters"), std::string::npos) << rounds.error();
}

}  // namespace
}  // namespace gauntlet
