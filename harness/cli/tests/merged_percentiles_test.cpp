#include "harness/cli/merged_percentiles.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/measure/histogram_log.hpp"
#include "harness/store/durable_file.hpp"
#include "runtimes/files/scratch_folder.hpp"

namespace gauntlet {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class MergedPercentilesTest : public testing::Test {
 protected:
  /// A log of one histogram, tagged `corrected`, with `count` values of `microseconds`.
  void write_log(const std::string& name, std::int64_t microseconds, std::int64_t count) {
    Histogram histogram;
    ASSERT_TRUE(histogram.record(microseconds * 1000, count));
    const std::string text =
        format_histogram_log(0, {{.tag = "corrected", .start_s = 0, .length_s = 1, .histogram = histogram}});
    ASSERT_TRUE(replace_file(folder_ / name, text));
  }

  static double at(const PercentileList& list, double fraction) {
    const auto point = std::ranges::find_if(list, [fraction](const auto& entry) { return entry.first >= fraction; });
    return point == list.end() ? -1 : point->second;
  }

  const ScratchFolder scratch_;
  const std::filesystem::path& folder_ = scratch_.path();
};

TEST_F(MergedPercentilesTest, WeighsRunsByTheirSamples) {
  write_log("a.hlog", 100, 900);
  write_log("b.hlog", 1000, 100);
  MergedPercentiles merged(folder_);
  const auto list = merged(std::vector<std::string>{"a.hlog#corrected", "b.hlog#corrected"});
  EXPECT_NEAR(at(list, 0.5), 100, 0.2);
  EXPECT_NEAR(at(list, 0.95), 1000, 2) << "averaged percentiles would say 550";
  EXPECT_THAT(merged.problems(), IsEmpty());
}

TEST_F(MergedPercentilesTest, GivesOnePercentileOfAllRuns) {
  write_log("a.hlog", 100, 900);
  write_log("b.hlog", 1000, 100);
  MergedPercentiles merged(folder_);
  const std::vector<std::string> both = {"a.hlog#corrected", "b.hlog#corrected"};
  EXPECT_NEAR(*merged.percentile_us(both, 99), 1000, 2);
  EXPECT_NEAR(*merged.percentile_us(both, 89), 100, 0.2);
  EXPECT_FALSE(merged.percentile_us(std::vector<std::string>{"gone.hlog#corrected"}, 99));
}

TEST_F(MergedPercentilesTest, EndsWhereFewerThanTenSamplesLieAbove) {
  write_log("a.hlog", 100, 1000);
  MergedPercentiles merged(folder_);
  const auto list = merged(std::vector<std::string>{"a.hlog#corrected"});
  ASSERT_FALSE(list.empty());
  EXPECT_EQ(list.front().first, 0.1);
  EXPECT_EQ(list.back().first, 0.99);
}

TEST_F(MergedPercentilesTest, TellsWhatCouldNotBeReadAndGoesOn) {
  write_log("a.hlog", 100, 1000);
  ASSERT_TRUE(replace_file(folder_ / "garbage.hlog", "no histogram\n"));
  MergedPercentiles merged(folder_);
  const auto list = merged(std::vector<std::string>{"gone.hlog#corrected", "garbage.hlog#corrected", "a.hlog#other",
                                                    "a.hlog", "a.hlog#corrected"});
  EXPECT_NEAR(at(list, 0.5), 100, 0.2);
  EXPECT_EQ(merged.problems().size(), 4u);
  EXPECT_THAT(merged.problems(), Contains(HasSubstr("gone.hlog")));
  EXPECT_THAT(merged.problems(), Contains(HasSubstr("holds no histogram 'other'")));
}

TEST_F(MergedPercentilesTest, GivesNothingForNothing) { EXPECT_THAT(MergedPercentiles(folder_)({}), IsEmpty()); }

}  // namespace
}  // namespace gauntlet
