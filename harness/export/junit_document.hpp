// JUnit XML, as Jenkins, GitLab and the GitHub actions for test reports read it.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace gauntlet {

struct JunitCase {
  enum class Kind { passed, failed, errored, skipped };
  std::string class_name;
  std::string name;
  Kind kind = Kind::passed;
  std::string message;  ///< why it did not pass; one sentence
  std::string output;   ///< anything worth reading, may be empty
};

struct JunitSuite {
  std::string name;
  std::string timestamp;               ///< ISO 8601; empty: unknown
  std::optional<double> seconds = {};  ///< that all of it took
  std::vector<JunitCase> cases;
};

/// Ends with a newline.
std::string to_xml(const std::string& name, const std::vector<JunitSuite>& suites);

}  // namespace gauntlet
