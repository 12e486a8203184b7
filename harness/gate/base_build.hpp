// The base revision, built beside this build.
#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace gauntlet {

struct BaseBuildRequest {
  std::filesystem::path sources;                            ///< a checkout of the repository
  std::string revision;                                     ///< anything that git understands
  std::filesystem::path cache;                              ///< builds are kept below it, by commit and settings
  std::map<std::string, std::string> settings;              ///< of the CMake cache
  std::vector<std::string> programs = {"gauntlet-worker"};  ///< that are built
  int interrupt_fd = -1;
  std::function<void(const std::string&)> tell = [](const std::string&) {};  ///< what is being done, for a person
};

struct BaseBuild {
  std::string commit;
  std::filesystem::path folder;  ///< holds the programs
};

struct BaseBuildError {
  std::string sentence;
  bool usage = false;  ///< the request is wrong; else the base cannot be had
};

/// Checks the commit out in a git worktree below the cache, and builds its programs there unless that has been done
/// before. Refuses a worktree of ours in which somebody has changed anything: it would not be the base. Throws
/// Interrupted.
std::expected<BaseBuild, BaseBuildError> build_base(const BaseBuildRequest& request);

}  // namespace gauntlet
