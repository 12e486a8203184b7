#include "runtimes/contract/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace gauntlet {
namespace {

TEST(Registry, NamesAndAliasesAreUnique) {
  std::set<std::string_view> seen;
  for (const RuntimeEntry& entry : all_runtimes()) {
    EXPECT_TRUE(seen.insert(entry.name).second) << entry.name;
    for (const std::string_view alias : entry.aliases) EXPECT_TRUE(seen.insert(alias).second) << alias;
    EXPECT_FALSE(entry.description.empty()) << entry.name;
  }
}

TEST(Registry, FindsByNameAndAlias) {
  for (const RuntimeEntry& entry : all_runtimes()) {
    EXPECT_EQ(find_runtime(entry.name), &entry);
    for (const std::string_view alias : entry.aliases) EXPECT_EQ(find_runtime(alias), &entry);
  }
  EXPECT_EQ(find_runtime("no such runtime"), nullptr);
  EXPECT_EQ(find_runtime(""), nullptr);
}

TEST(Registry, HasANegativeControlAndTheDefault) {
  int controls = 0;
  for (const RuntimeEntry& entry : all_runtimes()) controls += entry.negative_control ? 1 : 0;
  EXPECT_GE(controls, 1);
  const RuntimeEntry* standard = find_runtime(RuntimeConfig{}.backend);
  ASSERT_NE(standard, nullptr);
  EXPECT_FALSE(standard->negative_control);
}

TEST(Registry, TheFallbackIsChosenWhenNothingElseIsRegistered) {
  const RuntimeEntry common{.name = "common", .aliases = {}, .description = {}};
  const RuntimeEntry control{.name = "control", .aliases = {}, .description = {}, .negative_control = true};
  const RuntimeEntry elsewhere{.name = "elsewhere", .aliases = {}, .description = {}, .is_built_in = false};
  const RuntimeEntry fallback = *find_runtime("fallback");
  const std::vector<RuntimeEntry> few = {fallback, control, elsewhere};
  EXPECT_EQ(default_runtime(few).name, "fallback");
  EXPECT_TRUE(is_using_fallback(few));
  const std::vector<RuntimeEntry> more = {fallback, control, elsewhere, common};
  EXPECT_EQ(default_runtime(more).name, "common");
  EXPECT_FALSE(is_using_fallback(more));
}

TEST(Registry, WhoNamesNoRuntimeGetsTheDefault) {
  EXPECT_EQ(default_runtime().name, RuntimeConfig{}.backend);
  EXPECT_FALSE(is_using_fallback());
  RuntimeConfig config;
  config.backend = "";
  const auto made = make_runtime(config);
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ((*made)->effective_config().front().value, RuntimeConfig{}.backend);
}

TEST(Registry, AFeatureIsMissingOnceAtMostAndForAReason) {
  for (const RuntimeEntry& entry : all_runtimes()) {
    std::set<Feature> seen;
    for (const NotSupported& missing : entry.not_supported) {
      EXPECT_TRUE(seen.insert(missing.feature).second) << entry.name;
      EXPECT_FALSE(missing.reason.empty()) << entry.name;
    }
    EXPECT_EQ(entry.most_tasks != 0, what_is_missing(entry, Feature::many_tasks) != nullptr) << entry.name;
  }
}

TEST(Registry, AnUnknownNameIsUnavailableWithNearMatches) {
  RuntimeConfig config;
  config.backend = "singel_loop";
  const auto made = make_runtime(config);
  ASSERT_FALSE(made.has_value());
  EXPECT_THAT(made.error().reason, testing::HasSubstr("'singel_loop'"));
  EXPECT_THAT(made.error().reason, testing::HasSubstr("did you mean 'single_loop'?"));
}

TEST(Registry, MakesOneByItsAliasAndNeverAnotherInItsPlace) {
  for (const RuntimeEntry& entry : all_runtimes()) {
    RuntimeConfig config;
    config.backend = entry.aliases.empty() ? entry.name : entry.aliases.front();
    const auto made = make_runtime(config);
    if (!made.has_value()) {
      EXPECT_FALSE(made.error().reason.empty()) << entry.name;
      continue;
    }
    std::string backend;
    for (const Setting& setting : (*made)->effective_config()) {
      if (setting.name == "backend") backend = setting.value;
    }
    EXPECT_EQ(backend, entry.name);
  }
}

}  // namespace
}  // namespace gauntlet
