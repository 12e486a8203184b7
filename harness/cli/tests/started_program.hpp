// The program `gauntlet`, started from outside.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace gauntlet::fixtures {

struct Outcome {
  int code = -1;
  std::string output, errors;
};

/// Feeds on both outputs until `until` appears in the first (then sends `signal`) and the program has ended.
Outcome gauntlet(const std::vector<std::string>& arguments, const std::string& until = "", int signal = 0,
                 std::chrono::seconds limit = std::chrono::minutes(2));

/// The program says `sentence` in its one line of errors, and ends with 2.
void expect_usage_error(const std::vector<std::string>& arguments, const std::string& sentence);

}  // namespace gauntlet::fixtures
