#include "harness/store/results_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "harness/store/durable_file.hpp"
#include "harness/store/run_record_json.hpp"
#include "harness/store/tests/fixtures.hpp"
#include "runtimes/files/scratch_folder.hpp"

namespace gauntlet {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ResultsDirectoryTest : public testing::Test {
 protected:
  ResultsDirectory create(int rounds = 2) {
    auto created = ResultsDirectory::create(folder(), fixtures::small_plan(rounds), fixtures::small_environment());
    EXPECT_TRUE(created) << created.error();
    return std::move(*created);
  }

  std::expected<ResultsDirectory, std::string> resume() {
    return ResultsDirectory::open_for_resume(folder(), fixtures::small_environment());
  }

  void add_raw(const std::string& text) {
    std::ofstream(folder() / "runs.jsonl", std::ios::app | std::ios::binary) << text;
  }

  std::string raw() const { return read_file(folder() / "runs.jsonl").value(); }
  fs::path folder() const { return scratch_.path() / "nested" / "results"; }
  RunRecord record(std::size_t index, int rounds = 2) const {
    return fixtures::full_record(fixtures::small_plan(rounds), index);
  }

  ScratchFolder scratch_;
};

template <class Value>
std::string error_of(const std::expected<Value, std::string>& result) {
  return result ? "" : result.error();
}

TEST_F(ResultsDirectoryTest, GivesBackWhatWasAppended) {
  {
    ResultsDirectory directory = create();
    ASSERT_TRUE(directory.append(record(0)));
    ASSERT_TRUE(directory.append(record(1)));
    EXPECT_EQ(directory.records().size(), 2u);
  }
  const auto read = ResultsDirectory::open_for_reading(folder());
  ASSERT_TRUE(read) << read.error();
  ASSERT_EQ(read->records().size(), 2u);
  EXPECT_EQ(to_json(read->records()[1]), to_json(record(1)));
  EXPECT_EQ(read->plan().runs.size(), 4u);
  EXPECT_EQ(read->environment(), fixtures::small_environment());
  EXPECT_THAT(read->notice(), IsEmpty());
}

TEST_F(ResultsDirectoryTest, RefusesToCreateInAFolderThatHoldsSomething) {
  create();
  const auto again = ResultsDirectory::create(folder(), fixtures::small_plan(), fixtures::small_environment());
  EXPECT_THAT(error_of(again), AllOf(HasSubstr("is not empty"), HasSubstr("--resume")));
  std::ofstream(scratch_.path() / "letter.txt") << "dear";
  const auto foreign = ResultsDirectory::create(scratch_.path(), fixtures::small_plan(), fixtures::small_environment());
  EXPECT_THAT(error_of(foreign), AllOf(HasSubstr("is not empty"), Not(HasSubstr("--resume"))));
}

TEST_F(ResultsDirectoryTest, RefusesToCreateWhereAFileStands) {
  std::ofstream(scratch_.path() / "file") << "x";
  const auto created = ResultsDirectory::create(scratch_.path() / "file", fixtures::small_plan(), {});
  EXPECT_THAT(error_of(created), HasSubstr("is not a folder"));
}

TEST_F(ResultsDirectoryTest, SaysWhatIsNotAResultsDirectory) {
  EXPECT_THAT(error_of(ResultsDirectory::open_for_reading(scratch_.path() / "none")), HasSubstr("no such folder"));
  EXPECT_THAT(error_of(ResultsDirectory::open_for_reading(scratch_.path())), HasSubstr("it holds no plan.json"));
}

TEST_F(ResultsDirectoryTest, LeavesAFolderThatIsNotAResultsDirectoryAsItWas) {
  EXPECT_FALSE(ResultsDirectory::open_for_resume(scratch_.path(), fixtures::small_environment()));
  EXPECT_TRUE(fs::is_empty(scratch_.path()));
}

TEST_F(ResultsDirectoryTest, SaysSoWhenTheBenchWasStoppedBeforeItsFirstRun) {
  create();
  fs::remove(folder() / "environment.json");
  EXPECT_THAT(error_of(resume()), HasSubstr("stopped before its first run"));
}

TEST_F(ResultsDirectoryTest, NamesThePlanOfANewerSchema) {
  create();
  std::string plan = read_file(folder() / "plan.json").value();
  plan.replace(plan.find("gauntlet.plan/1"), 15, "gauntlet.plan/9");
  ASSERT_TRUE(replace_file(folder() / "plan.json", plan));
  EXPECT_THAT(error_of(ResultsDirectory::open_for_reading(folder())),
              AllOf(HasSubstr("plan.json"), HasSubstr("gauntlet.plan/9 is newer")));
}

TEST_F(ResultsDirectoryTest, ResumesWithTheRunsThatAreMissing) {
  {
    ResultsDirectory directory = create();
    ASSERT_TRUE(directory.append(record(0)));
    ASSERT_TRUE(directory.append(record(2)));
  }
  auto resumed = resume();
  ASSERT_TRUE(resumed) << resumed.error();
  const auto remaining = resumed->remaining();
  ASSERT_EQ(remaining.size(), 2u);
  EXPECT_EQ(remaining[0].index, 1u);
  EXPECT_EQ(remaining[1].index, 3u);
  ASSERT_TRUE(resumed->append(record(1)));
  ASSERT_TRUE(resumed->append(record(3)));
  EXPECT_THAT(resumed->remaining(), IsEmpty());
  EXPECT_EQ(ResultsDirectory::open_for_reading(folder())->records().size(), 4u);
}

TEST_F(ResultsDirectoryTest, ReadingReportsATornLineAndChangesNothing) {
  ASSERT_TRUE(create().append(record(0)));
  add_raw("{\"schema\":\"gauntlet.run/1\",\"ind");
  const std::string before = raw();
  const auto read = ResultsDirectory::open_for_reading(folder());
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->records().size(), 1u);
  EXPECT_THAT(read->notice(), HasSubstr("line 2 of runs.jsonl is cut short"));
  EXPECT_EQ(raw(), before);
}

TEST_F(ResultsDirectoryTest, ResumingCutsOnlyTheTornTail) {
  ASSERT_TRUE(create().append(record(0)));
  const std::string whole = raw();
  add_raw("{\"schema\":\"gauntlet.run/1\",\"ind");
  auto resumed = resume();
  ASSERT_TRUE(resumed) << resumed.error();
  EXPECT_EQ(raw(), whole);
  ASSERT_TRUE(resumed->append(record(1)));
  EXPECT_EQ(raw(), whole + to_json(record(1)) + "\n");
}

TEST_F(ResultsDirectoryTest, ResumingEndsAWholeLastLineThatLacksItsNewline) {
  ASSERT_TRUE(create().append(record(0)));
  add_raw(to_json(record(1)));
  auto resumed = resume();
  ASSERT_TRUE(resumed) << resumed.error();
  EXPECT_EQ(resumed->remaining().size(), 2u);
  ASSERT_TRUE(resumed->append(record(2)));
  EXPECT_EQ(raw(), to_json(record(0)) + "\n" + to_json(record(1)) + "\n" + to_json(record(2)) + "\n");
}

TEST_F(ResultsDirectoryTest, RefusesALogWithABadLineInItsMiddleAndLeavesIt) {
  ASSERT_TRUE(create().append(record(0)));
  add_raw("not a record\n" + to_json(record(1)) + "\n");
  const std::string before = raw();
  EXPECT_THAT(error_of(resume()), HasSubstr("line 2 of runs.jsonl"));
  EXPECT_EQ(raw(), before);
}

TEST_F(ResultsDirectoryTest, RefusesToResumeOnAnotherMachineNamingWhatDiffers) {
  create();
  EnvironmentRecord here = fixtures::small_environment();
  here.fingerprint = "beef";
  here.facts = {{"kernel", "6.12.9", "", true}, {"load_average", "0.01", "", false}, {"dirty", "yes", "", true}};
  const std::string error = error_of(ResultsDirectory::open_for_resume(folder(), here));
  EXPECT_THAT(error, AllOf(HasSubstr("another machine or build"), HasSubstr("kernel (6.1.0 there, 6.12.9 here)"),
                           HasSubstr("revision (abc123 there, unknown here)"),
                           HasSubstr("dirty (unknown there, yes here)"), Not(HasSubstr("load_average"))));
}

TEST_F(ResultsDirectoryTest, LetsOnlyOneBenchWriteAtATime) {
  ResultsDirectory writer = create();
  EXPECT_THAT(error_of(resume()), HasSubstr("another bench is writing"));
  EXPECT_TRUE(ResultsDirectory::open_for_reading(folder()));
  ASSERT_TRUE(writer.append(record(0)));
}

TEST_F(ResultsDirectoryTest, KeepsHistogramsByTheIndexOfTheirRun) {
  ResultsDirectory directory = create();
  ASSERT_TRUE(directory.write_histograms(2, "log", {{"corrected", "table"}}));
  EXPECT_EQ(histogram_log_name(2), "histograms/0002.hlog");
  EXPECT_EQ(read_file(folder() / histogram_log_name(2)), "log");
  EXPECT_EQ(read_file(folder() / "histograms/0002-corrected.hgrm"), "table");
}

TEST_F(ResultsDirectoryTest, KeepsTimelinesAndProfilesInFoldersThatAreMadeWhenTheFirstComes) {
  ResultsDirectory directory = create();
  EXPECT_FALSE(fs::exists(folder() / "timelines"));
  ASSERT_TRUE(directory.write_run_file(timeline_log_name(2), "log"));
  ASSERT_TRUE(directory.write_run_file(lanes_name(2), "lanes"));
  ASSERT_TRUE(directory.write_run_file(profile_name(12345), "stacks"));
  EXPECT_EQ(read_file(folder() / "timelines/0002.hlog"), "log");
  EXPECT_EQ(read_file(folder() / "timelines/0002.csv"), "lanes");
  EXPECT_EQ(read_file(folder() / "profiles/12345.folded"), "stacks");
}

TEST_F(ResultsDirectoryTest, ReplacesDerivedFiles) {
  const ResultsDirectory directory = create();
  ASSERT_TRUE(directory.write_derived("summary.json", "{}"));
  ASSERT_TRUE(directory.write_derived("summary.json", "{\"new\": true}"));
  EXPECT_EQ(read_file(folder() / "summary.json"), "{\"new\": true}");
}

TEST_F(ResultsDirectoryTest, AFullDiskLeavesTheLogAsItWasAndLaterRunsStillFit) {
  ResultsDirectory directory = create();
  ASSERT_TRUE(directory.append(record(0)));
  const std::string before = raw();
  // The limit on file size stands in for a full disk: the write stops in the middle of a line.
  struct rlimit unlimited {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
  const auto previous = signal(SIGXFSZ, SIG_IGN);
  const struct rlimit tight = {before.size() + 20, unlimited.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
  const auto failed = directory.append(record(1));
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
  signal(SIGXFSZ, previous);
  EXPECT_THAT(error_of(failed), HasSubstr("cannot write"));
  EXPECT_EQ(raw(), before);
  ASSERT_TRUE(directory.append(record(1)));
  EXPECT_EQ(ResultsDirectory::open_for_reading(folder())->records().size(), 2u);
}

TEST_F(ResultsDirectoryTest, AKilledWriterLosesNoFinishedRun) {
  constexpr int kRounds = 500;
  int finished[2];
  ASSERT_EQ(pipe(finished), 0);
  create(kRounds);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto directory = resume();
    for (std::size_t index = 0; index < 2 * kRounds; ++index) {
      if (!directory->append(record(index, kRounds))) _exit(1);
      if (write(finished[1], "x", 1) != 1) _exit(1);
    }
    pause();
  }
  close(finished[1]);
  std::size_t told = 0;
  for (char byte; told < 20 && read(finished[0], &byte, 1) == 1;) ++told;
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  for (char byte; read(finished[0], &byte, 1) == 1;) ++told;
  close(finished[0]);
  auto resumed = resume();
  ASSERT_TRUE(resumed) << resumed.error();
  EXPECT_GE(told, 20u);
  EXPECT_GE(resumed->records().size(), told);
  EXPECT_EQ(resumed->remaining().front().index, resumed->records().size());
}

TEST(ResultsDirectoryDeathTest, AppendingToADirectoryOpenedForReadingIsAProgrammersError) {
  ScratchFolder scratch;
  const fs::path folder = scratch.path() / "results";
  { auto made = ResultsDirectory::create(folder, fixtures::small_plan(), fixtures::small_environment()); }
  auto reading = ResultsDirectory::open_for_reading(folder);
  ASSERT_TRUE(reading);
  EXPECT_DEATH((void)reading->append(fixtures::full_record(fixtures::small_plan(), 0)), "created or resumed");
}

}  // namespace
}  // namespace gauntlet
