#include "scenarios/parameters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gauntlet {
namespace {

using Type = ParameterInfo::Type;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::vector<ParameterInfo> kDeclared = {
    {.name = "connections",
     .description = "TCP connections",
     .type = Type::integer,
     .default_value = "64",
     .smoke_value = "4",
     .minimum = 1,
     .maximum = 10000,
     .choices = {}},
    {.name = "duration_s",
     .description = "measured window",
     .type = Type::real,
     .default_value = "10",
     .smoke_value = "0.2",
     .minimum = 0.01,
     .maximum = 3600,
     .choices = {}},
    {.name = "protocol",
     .description = "what is spoken",
     .type = Type::word,
     .default_value = "http",
     .smoke_value = "",
     .choices = {"http", "echo"}},
    {.name = "path",
     .description = "route",
     .type = Type::word,
     .default_value = "/",
     .smoke_value = "",
     .choices = {}},
};

std::string error_for(const std::map<std::string, std::string>& given) {
  const auto resolved = Parameters::resolve(kDeclared, given, false);
  EXPECT_FALSE(resolved.has_value());
  return resolved ? "" : resolved.error();
}

TEST(Parameters, GivesEveryDeclaredParameterItsDefault) {
  const auto resolved = Parameters::resolve(kDeclared, {}, false);
  ASSERT_TRUE(resolved);
  EXPECT_EQ(resolved->integer("connections"), 64);
  EXPECT_EQ(resolved->real("duration_s"), 10);
  EXPECT_EQ(resolved->word("protocol"), "http");
  EXPECT_EQ(resolved->values().size(), kDeclared.size());
}

TEST(Parameters, TakesTheSmokeSizeWhereOneIsDeclaredAndTheDefaultElsewhere) {
  const auto resolved = Parameters::resolve(kDeclared, {}, true);
  ASSERT_TRUE(resolved);
  EXPECT_EQ(resolved->integer("connections"), 4);
  EXPECT_EQ(resolved->real("duration_s"), 0.2);
  EXPECT_EQ(resolved->word("protocol"), "http");
}

TEST(Parameters, PrefersAGivenValueToTheSmokeSize) {
  const auto resolved = Parameters::resolve(kDeclared, {{"connections", "7"}}, true);
  ASSERT_TRUE(resolved);
  EXPECT_EQ(resolved->integer("connections"), 7);
}

TEST(Parameters, SpellsEqualNumbersEqually) {
  const auto resolved = Parameters::resolve(kDeclared, {{"connections", "0064"}, {"duration_s", "1.50"}}, false);
  ASSERT_TRUE(resolved);
  EXPECT_EQ(resolved->word("connections"), "64");
  EXPECT_EQ(resolved->word("duration_s"), "1.5");
}

TEST(Parameters, ReadsAnIntegerAsAReal) {
  EXPECT_EQ(Parameters::resolve(kDeclared, {}, false)->real("connections"), 64.0);
}

TEST(Parameters, NamesAnUnknownParameterAndItsNearestMatch) {
  EXPECT_THAT(error_for({{"conections", "3"}}),
              AllOf(HasSubstr("unknown parameter 'conections'"), HasSubstr("did you mean connections?")));
}

TEST(Parameters, ListsTheKnownParametersWhenNoneIsNear) {
  EXPECT_THAT(error_for({{"zebra", "3"}}), HasSubstr("connections, duration_s, protocol, path"));
}

TEST(Parameters, RefusesTextWhereAWholeNumberIsDue) {
  for (const char* text : {"many", "", "6.5", "64x", " 64", "99999999999999999999"}) {
    EXPECT_THAT(error_for({{"connections", text}}), HasSubstr("'connections' must be a whole number")) << text;
  }
}

TEST(Parameters, RefusesARealThatIsNotAFiniteNumber) {
  for (const char* text : {"soon", "", "nan", "inf", "1s", "1e999"}) {
    EXPECT_THAT(error_for({{"duration_s", text}}), HasSubstr("'duration_s' must be a number")) << text;
  }
}

TEST(Parameters, TellsTheRangeOfANumberOutsideIt) {
  EXPECT_THAT(error_for({{"connections", "0"}}), HasSubstr("'connections' must be in the range 1 to 10000, not 0"));
  EXPECT_THAT(error_for({{"connections", "10001"}}), HasSubstr("range 1 to 10000"));
  EXPECT_THAT(error_for({{"duration_s", "-1"}}), HasSubstr("range 0.01 to 3600"));
}

TEST(Parameters, AcceptsBothEndsOfARange) {
  EXPECT_TRUE(Parameters::resolve(kDeclared, {{"connections", "1"}}, false));
  EXPECT_TRUE(Parameters::resolve(kDeclared, {{"connections", "10000"}}, false));
}

TEST(Parameters, ListsTheChoicesOfAWord) {
  EXPECT_THAT(error_for({{"protocol", "htpt"}}), HasSubstr("'protocol' must be one of http, echo, not 'htpt'"));
}

TEST(Parameters, TakesAnyTextForAWordWithoutChoices) {
  EXPECT_EQ(Parameters::resolve(kDeclared, {{"path", "/burn/40"}}, false)->word("path"), "/burn/40");
}

TEST(Parameters, KeepsEveryErrorOnOneLine) {
  EXPECT_THAT(error_for({{"zebra", "3"}}), Not(HasSubstr("\n")));
  EXPECT_THAT(error_for({{"protocol", "x"}}), Not(HasSubstr("\n")));
}

TEST(Parameters, SaysSoWhenAScenarioHasNoParameters) {
  const auto resolved = Parameters::resolve({}, {{"x", "1"}}, false);
  ASSERT_FALSE(resolved);
  EXPECT_THAT(resolved.error(), HasSubstr("unknown parameter 'x': this scenario has none"));
}

TEST(ParametersDeathTest, AskingForAnUndeclaredParameterIsAProgrammersError) {
  const auto resolved = Parameters::resolve(kDeclared, {}, false);
  EXPECT_DEATH((void)resolved->word("undeclared"), "did not declare");
}

}  // namespace
}  // namespace gauntlet
