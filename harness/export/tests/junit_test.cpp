// Read back with a parser of somebody else's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/property_tree/xml_parser.hpp>
#include <map>
#include <sstream>

#include "harness/export/tests/summary_fixture.hpp"
#include "harness/export/writers.hpp"

namespace gauntlet {
namespace {

using boost::property_tree::ptree;
using testing::HasSubstr;

ptree parsed(const std::string& xml) {
  std::istringstream stream(xml);
  ptree tree;
  boost::property_tree::read_xml(stream, tree, boost::property_tree::xml_parser::trim_whitespace);
  return tree.get_child("testsuites");
}

class Junit : public testing::Test {
 protected:
  Junit() : document_(parsed(junit_xml(fixtures::troubled_summary()))) {
    for (const auto& [element, suite] : document_) {
      if (element != "testsuite") continue;
      const auto name = suite.get<std::string>("<xmlattr>.name");
      suites_[name] = suite;
      for (const auto& [inner, one] : suite) {
        if (inner == "testcase") cases_[name + " " + one.get<std::string>("<xmlattr>.name")] = one;
      }
    }
  }

  /// "passed", or the element that says otherwise.
  std::string ending(const std::string& name) const {
    const ptree& one = cases_.at(name);
    for (const char* element : {"failure", "error", "skipped"}) {
      if (one.count(element) != 0) return element;
    }
    return "passed";
  }

  ptree document_;
  std::map<std::string, ptree> suites_, cases_;
};

TEST_F(Junit, KeepsFailureErrorAndSkippedApart) {
  EXPECT_EQ(ending("load/echo single_loop"), "passed");
  EXPECT_EQ(ending("load/echo single_loop (aa)"), "passed");
  EXPECT_EQ(ending("load/echo libuv"), "skipped");
  EXPECT_EQ(ending("load/echo asio"), "error");
  EXPECT_EQ(ending("load/echo io_uring"), "error");
  EXPECT_EQ(ending("busy_wait/idle single_loop"), "failure");
  EXPECT_EQ(ending("busy_wait/idle busy_wait"), "passed") << "it was caught";
}

TEST_F(Junit, CountsWhatItHolds) {
  EXPECT_EQ(document_.get<int>("<xmlattr>.tests"), 9);
  EXPECT_EQ(document_.get<int>("<xmlattr>.failures"), 1);
  EXPECT_EQ(document_.get<int>("<xmlattr>.errors"), 2);
  EXPECT_EQ(document_.get<int>("<xmlattr>.skipped"), 1);
  EXPECT_EQ(suites_.at("load/echo").get<int>("<xmlattr>.tests"), 6);
  EXPECT_EQ(suites_.at("load/echo").get<int>("<xmlattr>.failures"), 0);
}

TEST_F(Junit, GivesBackNamesAndReasonsAsTheyWere) {
  EXPECT_EQ(suites_.count(fixtures::kOddCell), 1u);
  EXPECT_THAT(cases_.at("load/echo asio").get<std::string>("error.<xmlattr>.message"),
              HasSubstr("the worker died: <signal 11> & "));
  EXPECT_THAT(cases_.at("load/echo single_loop").get<std::string>("system-out"),
              HasSubstr("subject_cpu_us_per_request: 4.25 us (median of 6)"));
}

}  // namespace
}  // namespace gauntlet
