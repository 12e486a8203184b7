#include "harness/stats/figure_text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gauntlet {
namespace {

TEST(FigureText, IsShort) {
  EXPECT_EQ(figure_text(4.6123), "4.61");
  EXPECT_EQ(figure_text(8001.4), "8001");
  EXPECT_EQ(figure_text(std::nullopt), "-");
  EXPECT_EQ(figure_text(std::numeric_limits<double>::infinity()), "-");
}

TEST(RatioText, HasItsIntervalWhereOneIsKnown) {
  EXPECT_EQ(ratio_text({.pairs = 6, .ratio = 1.0416, .interval = Interval{1.0312, 1.05}}, "-"), "1.042 [1.031, 1.050]");
  EXPECT_EQ(ratio_text({.pairs = 2, .ratio = 1.0416, .interval = {}}, "-"), "1.042");
  EXPECT_EQ(ratio_text({}, "-"), "-");
}

}  // namespace
}  // namespace gauntlet
