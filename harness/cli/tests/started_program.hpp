// The program `gauntlet`, started from outside.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gauntlet::fixtures {

struct Outcome {
  int code = -1;
  std::string output, errors;
};

/// Feeds on both outputs until `until` appears in the first (then sends `signal`) and the program has ended.
Outcome gauntlet(const std::vector<std::string>& arguments, const std::string& until = "", int signal = 0);

/// The program says `sentence` in its one line of errors, and ends with 2.
void expect_usage_error(const std::vector<std::string>& arguments, const std::string& sentence);

/// Removed, with all it holds, at the end of the test.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  /// Writes a file into it; returns its path.
  std::string write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

}  // namespace gauntlet::fixtures
