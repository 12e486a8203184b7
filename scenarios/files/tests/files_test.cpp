#include "scenarios/files/files.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>

#include "runtimes/files/scratch_folder.hpp"
#include "runtimes/task/spawn.hpp"
#include "scenarios/files/block_file.hpp"
#include "scenarios/files/file_lanes.hpp"
#include "scenarios/files/files_info.hpp"
#include "scenarios/files/references.hpp"
#include "scenarios/tests/fixtures.hpp"

namespace gauntlet {
namespace {

using testing::Contains;
using testing::Gt;
using testing::HasSubstr;
using testing::Pair;

Parameters file_parameters(std::map<std::string, std::string> given) {
  return Parameters::resolve(files_info().parameters, given, true).value();
}
FileSizes sizes_of(std::map<std::string, std::string> given) { return FileSizes(file_parameters(std::move(given))); }

FileFigures good_file_figures() {
  return {{"throughput_ops", 1000}, {"latency_p50_us", 20}, {"latency_p99_us", 50}, {file_figure::errors, 0}};
}

TEST(FileBlocks, HoldWhatTheirNumberSays) {
  const auto block = std::make_unique<FileBlock>();
  fill_block(block->bytes, 7);
  EXPECT_TRUE(holds_block(block->bytes, 7));
  EXPECT_FALSE(holds_block(block->bytes, 8));
  block->bytes.back() ^= std::byte{1};
  EXPECT_FALSE(holds_block(block->bytes, 7));
  block->bytes.fill(std::byte{0});
  for (std::uint64_t number = 0; number < 100; ++number) EXPECT_FALSE(holds_block(block->bytes, number));
}

void spoil_block(const BlockFile& file, std::uint64_t number) {
  const int fd = ::open(file.path().c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(::pwrite(fd, "?", 1, static_cast<off_t>(number * file_block_bytes + 100)), 1);
  ::close(fd);
}

TEST(BlockFiles, HaveNoNameAndFindWhatIsWrong) {
  const ScratchFolder folder;
  const BlockFile file(folder.path(), 300);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  std::uint64_t first = 0;
  EXPECT_EQ(file.wrong_blocks(300, first), 0u);
  EXPECT_EQ(file.wrong_blocks(301, first), 1u) << "behind the end there is nothing";
  EXPECT_EQ(first, 300u);
  spoil_block(file, 256);
  EXPECT_EQ(file.wrong_blocks(300, first), 1u);
  EXPECT_EQ(first, 256u);
}

TEST(BlockFiles, NameTheFolderThatTheyCannotBeIn) {
  try {
    const BlockFile file("/absent/folder", 1);
    FAIL() << "there is no such folder";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENOENT);
    EXPECT_THAT(error.what(), HasSubstr("/absent/folder (give another with -p folder=PATH)"));
  }
}

TEST(FileWork, HandsOutEveryBlockOnceToBeAppendedAndAnyToBeRead) {
  std::uint64_t random = 1;
  FileWork appending(sizes_of({{"operation", "append"}}));
  EXPECT_FALSE(appending.next(random)) << "its time is over before it has begun";
  appending.last_until(FileWork::Clock::now() + std::chrono::hours(1));
  for (std::uint64_t i = 0; i < 256; ++i) EXPECT_EQ(appending.next(random), i);
  EXPECT_FALSE(appending.next(random));
  EXPECT_EQ(appending.appended(), 256u);

  FileWork reading(sizes_of({}));
  reading.last_until(FileWork::Clock::now() + std::chrono::hours(1));
  std::vector<int> seen(256, 0);
  for (int i = 0; i < 5000; ++i) ++seen.at(reading.next(random).value());
  EXPECT_THAT(seen, testing::Each(Gt(0)));
}

TEST(LaneLog, CountsWhatIsNotAWholeRightBlock) {
  LaneLog log;
  log.check(4096, true, 1);
  EXPECT_EQ(log.errors, 0u);
  log.check(100, true, 2);
  log.check(-EIO, false, 3);
  log.check(4096, false, 4);
  EXPECT_EQ(log.errors, 3u);
  EXPECT_EQ(log.first_block, 2u);
  EXPECT_EQ(log.first_errno, 0);
}

TEST(Files, WrongContentAndErrorsFailTheRunAndAreNamed) {
  EXPECT_EQ(files_scenario().judge(observe_files(good_file_figures(), "/tmp")).status, RunStatus::ok);
  FileFigures wrong = good_file_figures();
  wrong[file_figure::errors] = 2;
  wrong[file_figure::first_block] = 17;
  const Judgement content = files_scenario().judge(observe_files(wrong, "/tmp"));
  EXPECT_EQ(content.status, RunStatus::failed);
  EXPECT_THAT(content.reason, HasSubstr("2 wrong answers; the first: block 17 does not hold what it must"));
  wrong[file_figure::first_errno] = EIO;
  EXPECT_THAT(files_scenario().judge(observe_files(wrong, "/tmp")).reason, HasSubstr("block 17: Input/output error"));
}

TEST(Files, AFolderWithoutAWayPastTheCacheIsSkippedWithItsName) {
  const Judgement judgement = files_scenario().judge(observe_files({{file_figure::not_direct, 1}}, "/dev/shm"));
  EXPECT_EQ(judgement.status, RunStatus::skipped);
  EXPECT_THAT(judgement.reason, HasSubstr("/dev/shm"));
  EXPECT_THAT(judgement.reason, HasSubstr("-p folder=PATH"));
}

TEST(Files, AWindowInWhichNothingEndedIsInvalid) {
  EXPECT_EQ(files_scenario().judge(observe_files({{file_figure::errors, 0}}, "/tmp")).status, RunStatus::invalid);
}

class FileLanesOn : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    RuntimeConfig config;
    config.backend = GetParam();
    const auto made = make_runtime(config);
    if (!made.has_value()) GTEST_SKIP() << made.error().reason;
  }
  FileFigures measured(const BlockFile& file, const FileSizes& sizes) {
    return block_on(*fixtures::small_runtime(GetParam()), measure_file_tasks(file, sizes));
  }
  const ScratchFolder folder_;
};

TEST_P(FileLanesOn, ReadAndAppendRightBlocks) {
  for (const char* operation : {"read", "append"}) {
    const FileSizes sizes = sizes_of({{"operation", operation}, {"queue_depth", "5"}});
    const BlockFile file(folder_.path(), sizes.operation == FileOperation::read ? sizes.blocks : 0);
    const FileFigures figures = measured(file, sizes);
    EXPECT_THAT(figures, Contains(Pair(file_figure::errors, 0)));
    EXPECT_THAT(figures, Contains(Pair("throughput_ops", Gt(0))));
    const Observations seen = observe_files(figures, "here");
    EXPECT_THAT(fixtures::undeclared_metrics(files_info(), seen), testing::IsEmpty());
    EXPECT_EQ(files_scenario().judge(seen).status, RunStatus::ok);
  }
}

TEST_P(FileLanesOn, SeeABlockThatIsWrong) {
  const FileSizes sizes = sizes_of({{"file_mib", "1"}});
  const BlockFile file(folder_.path(), sizes.blocks);
  for (std::uint64_t number = 0; number < sizes.blocks; ++number) spoil_block(file, number);
  EXPECT_THAT(measured(file, sizes), Contains(Pair(file_figure::errors, Gt(0))));
}

TEST_P(FileLanesOn, SeeAnErrorOfTheFileSystem) {
  const FileSizes sizes = sizes_of({});
  const BlockFile shorter(folder_.path(), 0);
  EXPECT_THAT(measured(shorter, sizes), Contains(Pair(file_figure::errors, Gt(0)))) << "every read is empty";
}

INSTANTIATE_TEST_SUITE_P(Runtimes, FileLanesOn, testing::Values("single_loop", "work_stealing", "io_uring", "libuv"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST(FileReferences, YieldDeclaredMetricsAndNothingWrong) {
  const ScratchFolder folder;
  for (const char* operation : {"read", "append"}) {
    const FileSizes sizes = sizes_of({{"operation", operation}});
    for (const std::uint32_t threads : {1u, 3u}) {
      const BlockFile file(folder.path(), sizes.operation == FileOperation::read ? sizes.blocks : 0);
      const Observations seen = observe_files(measure_file_threads(file, sizes, threads), "here");
      EXPECT_EQ(seen.wrong_answers, 0u);
      EXPECT_THAT(seen.metrics, Contains(Pair("throughput_ops", Gt(0))));
      EXPECT_THAT(fixtures::undeclared_metrics(files_info(), seen), testing::IsEmpty());
    }
  }
}

}  // namespace
}  // namespace gauntlet
