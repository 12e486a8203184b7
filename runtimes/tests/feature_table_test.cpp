#include "runtimes/feature_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "runtimes/contract/registry.hpp"

namespace gauntlet {
namespace {

using testing::HasSubstr;

TEST(FeatureTable, HasEveryRuntimeEveryFeatureAndEveryReason) {
  const std::string table = feature_table();
  for (const FeatureInfo& info : all_features()) EXPECT_THAT(table, HasSubstr(std::string(info.description)));
  for (const RuntimeEntry& entry : all_runtimes()) {
    EXPECT_THAT(table, HasSubstr(" " + std::string(entry.name) + " |"));
    for (const NotSupported& missing : entry.not_supported) {
      EXPECT_THAT(table, HasSubstr(": " + std::string(missing.reason)));
    }
  }
}

TEST(FeatureTable, OfTheReadmeIsWhatTheRegistrySays) {
  std::ifstream file(GAUNTLET_SOURCE_DIR "/runtimes/README.md");
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  const std::string wanted = feature_table_begins + feature_table() + feature_table_ends;
  EXPECT_NE(readme.find(wanted), std::string::npos)
      << "runtimes/README.md is stale: put the output of `gauntlet list runtimes --markdown` between its two marks:\n"
      << wanted;
}

}  // namespace
}  // namespace gauntlet
