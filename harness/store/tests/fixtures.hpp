// A small plan, its records, and a scratch folder, shared by the tests of this folder.
#pragma once

#include <filesystem>
#include <string>

#include "harness/store/environment_record.hpp"
#include "harness/store/plan.hpp"

namespace gauntlet::fixtures {

/// One cell, two runtimes, `rounds` rounds.
Plan small_plan(int rounds = 2);
EnvironmentRecord small_environment();
/// A record with every field filled, for a run of `plan`.
RunRecord full_record(const Plan& plan, std::size_t index);

/// Removed, with all it holds, at the end of the test.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace gauntlet::fixtures
