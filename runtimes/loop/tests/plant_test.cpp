#include "runtimes/loop/plant.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "runtimes/contract/runtime.hpp"

namespace gauntlet {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// Keeps what is submitted, and answers sends at once.
class NoteRuntime final : public Runtime {
 public:
  NoteRuntime() : Runtime(RuntimeConfig{}) {}
  Submitted submit(Op& op) noexcept override {
    submitted.push_back(&op);
    return op.kind() == OpKind::send ? Submitted::done : Submitted::pending;
  }
  void cancel(Op&) noexcept override {}
  Result<SocketBase*> listen(const Endpoint&) override { return errno_error(-ENOTSUP); }
  void give_back(std::byte*, std::uint32_t) noexcept override {}
  void run_workers() override {}
  Turn poll_once() override { return {}; }
  void stop() noexcept override {}
  RuntimeMetrics metrics() const noexcept override { return {}; }
  std::vector<Op*> submitted;

 protected:
  EffectiveConfig own_settings() const override { return {}; }
  void enqueue(Job&, Worker*) noexcept override {}
};

class NoSocket final : public SocketBase {
 public:
  using SocketBase::SocketBase;
  Result<Endpoint> local_endpoint() const override { return errno_error(-ENOTCONN); }
  Result<Endpoint> remote_endpoint() const override { return errno_error(-ENOTCONN); }
};

int completions = 0;
void count_completion(Job&) noexcept { ++completions; }

struct Planted {
  explicit Planted(const PlantSettings& settings) : plant(runtime, settings) { completions = 0; }
  NoteRuntime runtime;
  NoSocket socket{runtime, 0};
  SendOp send{socket, {}, &count_completion};
  Plant plant;
};

TEST(PlantNames, ArePercentagesOfARequestOrOneFaultEach) {
  EXPECT_EQ(plant_named("cpu3", 10'000)->spin, 300ns);
  EXPECT_EQ(plant_named("cpu10", 10'000), PlantSettings{.spin = 1us});
  EXPECT_EQ(plant_named("syscall", 0), PlantSettings{.system_call = true});
  EXPECT_EQ(plant_named("tail2ms", 0), PlantSettings{.late = 2ms});
  EXPECT_EQ(plant_named("idle1khz", 0), PlantSettings{.tick = 1ms});
  EXPECT_EQ(plant_named("leak64", 0), PlantSettings{.leak_bytes = 64});
}

TEST(PlantNames, AreRefusedWhenUnknownOrWithoutTheCostThatTheyArePercentagesOf) {
  EXPECT_NE(plant_named("cpu7", 10'000).error().find("cpu3, cpu5"), std::string::npos);
  EXPECT_NE(plant_named("cpu5", 0).error().find("the cost of a request"), std::string::npos);
}

TEST(Plant, OfCpuTakesAtLeastItsTimeForEveryRequest) {
  Planted planted({.spin = 20us});
  const auto began = Clock::now();
  for (int request = 0; request < 50; ++request) EXPECT_FALSE(planted.plant.holds_back(planted.send));
  EXPECT_GE(Clock::now() - began, 1ms);
  EXPECT_TRUE(planted.runtime.submitted.empty());
}

TEST(Plant, OfALeakHoldsItsBytesForEveryRequest) {
  // Never destroyed: what it holds is to be reachable when the test program ends.
  static auto* planted = new Planted({.leak_bytes = 64});
  for (int request = 0; request < 10; ++request) EXPECT_FALSE(planted->plant.holds_back(planted->send));
  EXPECT_EQ(planted->plant.leaked_bytes(), 640u);
}

TEST(Plant, OfATailHoldsOneRequestInFiftyBackUntilItsTimer) {
  Planted planted({.late = 2ms});
  for (int request = 1; request < 50; ++request) EXPECT_FALSE(planted.plant.holds_back(planted.send));
  const auto asked = Clock::now();
  ASSERT_TRUE(planted.plant.holds_back(planted.send));
  ASSERT_EQ(planted.runtime.submitted.size(), 1u);
  Op& timer = *planted.runtime.submitted.front();
  ASSERT_EQ(timer.kind(), OpKind::timer);
  EXPECT_GE(static_cast<TimerOp&>(timer).deadline, asked + 2ms);
  EXPECT_EQ(completions, 0);
  timer.run(timer);
  ASSERT_EQ(planted.runtime.submitted.size(), 2u);
  EXPECT_EQ(planted.runtime.submitted.back(), &planted.send);
  EXPECT_EQ(completions, 1) << "it was answered at once, and nobody else tells its owner";
}

TEST(Plant, OfIdleWakeUpsSetsItsTimerAgainEachTimeThatItRings) {
  Planted planted({.tick = 1ms});
  planted.plant.start();
  ASSERT_EQ(planted.runtime.submitted.size(), 1u);
  Op& timer = *planted.runtime.submitted.front();
  timer.run(timer);
  EXPECT_EQ(planted.runtime.submitted.size(), 2u);
  EXPECT_FALSE(planted.plant.holds_back(planted.send));
}

TEST(Plant, OfASystemCallHoldsNothingBack) {
  Planted planted({.system_call = true});
  for (int request = 0; request < 100; ++request) EXPECT_FALSE(planted.plant.holds_back(planted.send));
  EXPECT_TRUE(planted.runtime.submitted.empty());
}

}  // namespace
}  // namespace gauntlet
