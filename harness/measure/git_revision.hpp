// Which commit the sources stand at.
#pragma once

#include <optional>
#include <string>

namespace gauntlet {

struct GitRevision {
  std::string commit;
  bool dirty = false;  ///< tracked files differ from the commit
};

/// Nothing when `directory` is no checkout, has no commit, or `git` is not there or refuses.
std::optional<GitRevision> git_revision_of(const std::string& directory);

}  // namespace gauntlet
