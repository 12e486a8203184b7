// Each bug, planted, is caught by the oracle that its table names; and without a bug none of them says anything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fault-injection/storage/planted_ordeals.hpp"
#include "fault-injection/storage/tests/size_of_tests.hpp"

namespace gauntlet {
namespace {

constexpr std::uint64_t states_of(Ordeal ordeal) {
  if (ordeal == Ordeal::power_loss) return is_optimised ? 20'000 : 2'000;
  if (ordeal == Ordeal::large_payloads) return is_optimised ? 4'000 : 2'000;
  return is_optimised ? 4'000 : 200;
}

class PlantedBugTest : public testing::TestWithParam<PlantedBugInfo> {};

TEST_P(PlantedBugTest, IsCaughtByTheOracleThatItsTableNames) {
  const PlantedBugInfo& planted = GetParam();
  EXPECT_THAT(breach_of(planted.bug, planted.ordeal, states_of(planted.ordeal)),
              testing::HasSubstr(std::string(planted.oracle)));
}

std::vector<PlantedBugInfo> planted_in_journals() {
  std::vector<PlantedBugInfo> planted(all_planted_bugs().begin(), all_planted_bugs().end());
  std::erase_if(planted, [](const PlantedBugInfo& info) { return info.ordeal == Ordeal::requests; });
  return planted;
}

INSTANTIATE_TEST_SUITE_P(Each, PlantedBugTest, testing::ValuesIn(planted_in_journals()),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(PlantedBugsTest, AreTwelveOrMore) { EXPECT_GE(all_planted_bugs().size(), 12U); }

TEST(PlantedBugsTest, WithoutOneNoOracleSaysAnything) {
  for (const Ordeal ordeal :
       {Ordeal::power_loss, Ordeal::large_payloads, Ordeal::failing_syncs, Ordeal::short_writes, Ordeal::damage}) {
    EXPECT_EQ(breach_of(PlantedBug::none, ordeal, states_of(ordeal)), "");
  }
}

}  // namespace
}  // namespace gauntlet
