#include "harness/subject/worker_program.hpp"

#include <gtest/gtest.h>

#include "runtimes/contract/registry.hpp"

namespace gauntlet {
namespace {

TEST(WorkerProgram, IsTheCommonOneUnlessARuntimeOrReferenceNamesItsOwn) {
  ScenarioInfo scenario;
  scenario.references.push_back({.name = "floor", .description = {}});
  scenario.references.push_back({.name = "twin", .description = {}, .worker_program = "twin-worker"});
  EXPECT_EQ(worker_program_of("floor", scenario), common_worker_program);
  EXPECT_EQ(worker_program_of("twin", scenario), "twin-worker");
  EXPECT_EQ(worker_program_of("nobody", scenario), common_worker_program);
  for (const RuntimeEntry& entry : all_runtimes()) {
    EXPECT_EQ(worker_program_of(std::string(entry.name), scenario), entry.worker_program);
  }
}

TEST(WorkerProgram, OfARuntimeThatIsNotBuiltInIsAnother) {
  for (const RuntimeEntry& entry : all_runtimes()) {
    if (entry.is_built_in) continue;
    EXPECT_NE(entry.worker_program, common_worker_program) << entry.name;
    const auto made = entry.make(RuntimeConfig{});
    ASSERT_FALSE(made.has_value()) << entry.name;
    EXPECT_NE(made.error().reason.find(entry.worker_program), std::string::npos) << "the reason names the program";
  }
}

}  // namespace
}  // namespace gauntlet
