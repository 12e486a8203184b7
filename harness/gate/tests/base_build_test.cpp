#include "harness/gate/base_build.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "harness/gate/head_build.hpp"
#include "harness/store/durable_file.hpp"
#include "harness/subject/run_program.hpp"
#include "runtimes/files/scratch_folder.hpp"

namespace gauntlet {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

/// A repository whose worker is a text file with the build type in it.
class BaseBuilding : public testing::Test {
 protected:
  BaseBuilding() {
    fs::create_directories(folder_ / "repository");
    git({"init", "--quiet", "--initial-branch=main"});
    commit("add_custom_target(gauntlet-worker COMMAND ${CMAKE_COMMAND} -E echo ${CMAKE_BUILD_TYPE} > gauntlet-worker)");
    request_.sources = folder_ / "repository";
    request_.revision = "main";
    request_.cache = folder_ / "cache";
    request_.settings = {{"CMAKE_BUILD_TYPE", "Release"}, {"CMAKE_GENERATOR", "Ninja"}};
    request_.tell = [this](const std::string& sentence) { told_.push_back(sentence); };
  }

  void git(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"GIT_CONFIG_GLOBAL=/dev/null", "git", "-C", (folder_ / "repository").string(),
                                         "-c", "user.name=n", "-c", "user.email=e@example.org"});
    const auto run = run_program(arguments, 60s, -1);
    ASSERT_TRUE(run) << run.error();
    ASSERT_TRUE(run->status.clean()) << run->errors;
  }
  void commit(const std::string& rule) {
    std::ofstream(folder_ / "repository" / "CMakeLists.txt")
        << "cmake_minimum_required(VERSION 3.25)\nproject(base LANGUAGES NONE)\n"
        << rule << "\n";
    git({"add", "."});
    git({"commit", "--quiet", "-m", "made"});
  }
  BaseBuild built() {
    const auto base = build_base(request_);
    EXPECT_TRUE(base) << base.error().sentence;
    return base.value_or(BaseBuild{});
  }
  BaseBuildError refused() {
    const auto base = build_base(request_);
    EXPECT_FALSE(base);
    return base ? BaseBuildError{} : base.error();
  }

  const ScratchFolder scratch_;
  const fs::path& folder_ = scratch_.path();
  BaseBuildRequest request_;
  std::vector<std::string> told_;
};

TEST_F(BaseBuilding, ChecksTheRevisionOutAndBuildsItsWorker) {
  const BaseBuild base = built();
  EXPECT_EQ(base.commit.size(), 40u);
  EXPECT_EQ(read_file(base.folder / "gauntlet-worker").value_or("none"), "Release\n");
  EXPECT_THAT(told_, ElementsAre(HasSubstr("checking"), HasSubstr("building")));
}

TEST_F(BaseBuilding, KeepsWhatItBuiltUntilCommitOrSettingsChange) {
  const BaseBuild first = built();
  told_.clear();
  EXPECT_EQ(built().folder, first.folder);
  EXPECT_TRUE(told_.empty()) << "nothing is built twice";
  request_.settings["CMAKE_BUILD_TYPE"] = "Debug";
  const BaseBuild debug = built();
  EXPECT_EQ(read_file(debug.folder / "gauntlet-worker").value_or("none"), "Debug\n");
  commit("add_custom_target(gauntlet-worker COMMAND ${CMAKE_COMMAND} -E echo new > gauntlet-worker)");
  EXPECT_EQ(read_file(built().folder / "gauntlet-worker").value_or("none"), "new\n");
}

TEST_F(BaseBuilding, BuildsAProgramThatWasNotAskedForBefore) {
  commit(
      "foreach(name gauntlet-worker other)\n"
      "  add_custom_target(${name} COMMAND ${CMAKE_COMMAND} -E echo ${name} > ${name})\n"
      "endforeach()");
  EXPECT_FALSE(read_file(built().folder / "other"));
  request_.programs = {"gauntlet-worker", "other"};
  EXPECT_EQ(read_file(built().folder / "other").value_or("none"), "other\n");
}

TEST_F(BaseBuilding, BuildsTheCommittedFilesAndNotThoseOfTheCheckout) {
  std::ofstream(request_.sources / "CMakeLists.txt") << "this is no CMake\n";
  EXPECT_TRUE(build_base(request_));
}

TEST_F(BaseBuilding, RefusesAWorktreeThatSomebodyChanged) {
  const BaseBuild base = built();
  std::ofstream(base.folder.parent_path() / "source" / "CMakeLists.txt", std::ios::app) << "# mine\n";
  const BaseBuildError error = refused();
  EXPECT_FALSE(error.usage);
  EXPECT_THAT(error.sentence, AllOf(HasSubstr("has been changed"), HasSubstr("git worktree remove --force")));
}

TEST_F(BaseBuilding, ChecksOutAgainWhatWasRemovedByHand) {
  fs::remove_all(built().folder.parent_path());
  EXPECT_TRUE(build_base(request_));
}

TEST_F(BaseBuilding, SaysThatTheBaseDoesNotBuildAndWhereToRead) {
  commit("add_custom_target(gauntlet-worker COMMAND echo an error: no such luck COMMAND false)");
  const BaseBuildError error = refused();
  EXPECT_FALSE(error.usage);
  EXPECT_THAT(error.sentence, AllOf(HasSubstr("the base main ("), HasSubstr("does not build"),
                                    HasSubstr("no such luck"), HasSubstr("build.log")));
}

TEST_F(BaseBuilding, SaysThatTheBaseCannotBeConfigured) {
  commit("message(FATAL_ERROR \"a library is missing\")");
  EXPECT_THAT(refused().sentence, AllOf(HasSubstr("does not configure"), HasSubstr("configure.log")));
}

TEST_F(BaseBuilding, NamesAnUnknownRevisionWithNearMatches) {
  request_.revision = "mian";
  const BaseBuildError error = refused();
  EXPECT_TRUE(error.usage);
  EXPECT_EQ(error.sentence, "git knows no revision 'mian'; did you mean main?");
}

TEST_F(BaseBuilding, DoesNotTakeARevisionForAnOption) {
  request_.revision = "--help";
  EXPECT_TRUE(refused().usage);
}

TEST_F(BaseBuilding, NeedsACheckout) {
  request_.sources = folder_;
  EXPECT_THAT(refused().sentence, HasSubstr("is no git checkout"));
}

TEST(HeadBuild, TakesFromTheCacheWhatDecidesTheFigures) {
  const auto settings = build_settings(
      "# This is the CMakeCache file.\n//Flags\nCMAKE_CXX_FLAGS:STRING=-march=native "
      "-DX=1\nCMAKE_BUILD_TYPE:STRING=Release\n"
      "CMAKE_HOME_DIRECTORY:INTERNAL=/somewhere\nGAUNTLET_SANITIZER:STRING=\n");
  EXPECT_THAT(settings, ElementsAre(Pair("CMAKE_BUILD_TYPE", "Release"), Pair("CMAKE_CXX_FLAGS", "-march=native -DX=1"),
                                    Pair("GAUNTLET_SANITIZER", "")));
}

TEST(HeadBuild, SaysThatThereIsNoBuildDirectory) {
  const auto settings = build_settings_of("/nowhere");
  ASSERT_FALSE(settings);
  EXPECT_THAT(settings.error(), AllOf(HasSubstr("/nowhere/CMakeCache.txt"), HasSubstr("--base-build")));
}

}  // namespace
}  // namespace gauntlet
