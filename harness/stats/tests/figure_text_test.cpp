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

}  // namespace
}  // namespace gauntlet
