#include "harness/stats/holm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gauntlet {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::IsEmpty;
using Values = std::vector<double>;

auto near(double value) { return DoubleNear(value, 1e-12); }

TEST(Holm, AdjustsAsPAdjustOfRDoes) {
  // p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm")
  EXPECT_THAT(holm(Values{0.01, 0.02, 0.03, 0.04, 0.05}),
              ElementsAre(near(0.05), near(0.08), near(0.09), near(0.09), near(0.09)));
}

TEST(Holm, KeepsTheOrderInWhichTheValuesAreGiven) {
  EXPECT_THAT(holm(Values{0.01, 0.04, 0.03, 0.005}), ElementsAre(near(0.03), near(0.06), near(0.06), near(0.02)));
}

TEST(Holm, LeavesASingleValueAsItIs) { EXPECT_THAT(holm(Values{0.03}), ElementsAre(near(0.03))); }

TEST(Holm, NeverExceedsOne) { EXPECT_THAT(holm(Values{0.6, 0.9}), ElementsAre(1.0, 1.0)); }

TEST(Holm, AdjustsNothingWhereThereIsNothing) { EXPECT_THAT(holm(Values{}), IsEmpty()); }

}  // namespace
}  // namespace gauntlet
