#include "runtimes/files/scratch_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace gauntlet {
namespace {

namespace fs = std::filesystem;

TEST(ScratchFolder, IsEmptyAndAnotherOneEachTime) {
  const ScratchFolder one, other;
  EXPECT_TRUE(fs::is_empty(one.path()));
  EXPECT_NE(one.path(), other.path());
}

TEST(ScratchFolder, GoesWithAllThatItHolds) {
  std::optional<ScratchFolder> folder(std::in_place);
  const fs::path path = folder->path();
  fs::create_directories(path / "deeper");
  EXPECT_EQ(fs::file_size(folder->write("deeper/note", "12345")), 5U);
  folder.reset();
  EXPECT_FALSE(fs::exists(path));
}

TEST(ScratchFolder, SaysWhereItCouldNotBeMade) {
  const char* before = std::getenv("TMPDIR");
  const std::optional<std::string> kept = before == nullptr ? std::nullopt : std::optional<std::string>(before);
  setenv("TMPDIR", "/proc", 1);
  std::string said;
  try {
    const ScratchFolder refused;
  } catch (const fs::filesystem_error& error) {
    said = error.what();
  }
  kept ? setenv("TMPDIR", kept->c_str(), 1) : unsetenv("TMPDIR");
  EXPECT_THAT(said, testing::HasSubstr("/proc/gauntlet-"));
}

}  // namespace
}  // namespace gauntlet
