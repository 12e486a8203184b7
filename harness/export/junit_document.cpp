#include "harness/export/junit_document.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/export/escaping.hpp"

namespace gauntlet {
namespace {

using Kind = JunitCase::Kind;

std::string counts_of(const std::vector<const JunitCase*>& cases) {
  const auto count = [&](Kind kind) {
    return std::ranges::count_if(cases, [kind](const JunitCase* one) { return one->kind == kind; });
  };
  return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}")", cases.size(), count(Kind::failed),
                     count(Kind::errored), count(Kind::skipped));
}

std::string case_xml(const JunitCase& one) {
  std::string inside;
  const auto add = [&](const char* element) {
    inside += fmt::format("      <{} message=\"{}\"/>\n", element, xml_escaped(one.message));
  };
  if (one.kind == Kind::failed) add("failure");
  if (one.kind == Kind::errored) add("error");
  if (one.kind == Kind::skipped) add("skipped");
  if (!one.output.empty()) inside += fmt::format("      <system-out>{}</system-out>\n", xml_escaped(one.output));
  const std::string head =
      fmt::format(R"(    <testcase classname="{}" name="{}")", xml_escaped(one.class_name), xml_escaped(one.name));
  return inside.empty() ? head + "/>\n" : head + ">\n" + inside + "    </testcase>\n";
}

std::string suite_xml(const JunitSuite& suite) {
  std::vector<const JunitCase*> cases;
  for (const JunitCase& one : suite.cases) cases.push_back(&one);
  std::string text = fmt::format(R"(  <testsuite name="{}" {})", xml_escaped(suite.name), counts_of(cases));
  if (!suite.timestamp.empty()) text += fmt::format(R"( timestamp="{}")", xml_escaped(suite.timestamp));
  if (suite.seconds) text += fmt::format(R"( time="{:.3f}")", *suite.seconds);
  text += ">\n";
  for (const JunitCase& one : suite.cases) text += case_xml(one);
  return text + "  </testsuite>\n";
}

}  // namespace

std::string to_xml(const std::string& name, const std::vector<JunitSuite>& suites) {
  std::vector<const JunitCase*> cases;
  for (const JunitSuite& suite : suites) {
    for (const JunitCase& one : suite.cases) cases.push_back(&one);
  }
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  text += fmt::format("<testsuites name=\"{}\" {}>\n", xml_escaped(name), counts_of(cases));
  for (const JunitSuite& suite : suites) text += suite_xml(suite);
  return text + "</testsuites>\n";
}

}  // namespace gauntlet
