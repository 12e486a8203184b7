// One suite for every backend: what a journal promises, whatever it is kept in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>

#include "runtimes/files/scratch_folder.hpp"
#include "runtimes/recovery/inspect.hpp"
#include "runtimes/recovery/journal/group_commit.hpp"
#include "runtimes/recovery/journal/journal_backend.hpp"

namespace gauntlet::recovery {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Kind = JournalError::Kind;
using OpenedBackend = JournalResult<std::unique_ptr<Journal>>;

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// No write of this process gets beyond the start of a file as long as it lives.
class FullDisk {
 public:
  FullDisk() {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit none{.rlim_cur = 64, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

class UnconcernedObserver final : public CommitObserver {
 public:
  void committed(const Record&) override {}
  void carry(const JournalFigures&, std::vector<OwnedRecord>&) override {}
  std::uint64_t first_needed() override { return 0; }
};

class JournalBackendsTest : public testing::TestWithParam<std::string_view> {
 protected:
  JournalBackendsTest() : place_{.path = folder_.path() / "journal", .backend = std::string(GetParam())} {
    place_.segment_bytes = 64 * 1024;
  }

  OpenedBackend open() {
    found_.clear();
    first_found_ = 0;
    return open_journal(place_, [this](const Record& record) {
      if (found_.empty()) first_found_ = record.sequence;
      EXPECT_EQ(record.type, 7);
      found_.emplace_back(record.payload);
    });
  }
  static JournalResult<void> append(Journal& journal, const std::vector<std::string>& payloads) {
    std::vector<Record> records;
    for (const std::string& payload : payloads) records.push_back({.type = 7, .payload = payload});
    return journal.append(records);
  }
  /// Opens, appends each as a batch, closes.
  void keep(const std::vector<std::string>& payloads) {
    const OpenedBackend journal = open();
    ASSERT_TRUE(journal.has_value()) << journal.error().text;
    for (const std::string& payload : payloads) ASSERT_TRUE(append(**journal, {payload}).has_value());
  }
  struct Place {
    std::filesystem::path file;
    std::size_t offset = 0;
  };
  /// Where the journal's files hold this text.
  Place where(const std::string& text) const {
    for (const auto& entry : std::filesystem::directory_iterator(place_.path)) {
      const std::size_t offset = contents(entry.path()).find(text);
      if (offset != std::string::npos) return {entry.path(), offset};
    }
    ADD_FAILURE() << text << " stands in no file";
    return {};
  }

  const ScratchFolder folder_;
  JournalPlace place_;
  std::vector<std::string> found_;
  std::uint64_t first_found_ = 0;
};

TEST_P(JournalBackendsTest, GivesBackWhatWasAppendedInOrderHoweverOftenItIsOpened) {
  keep({"a", "", "c"});
  for (int time = 0; time < 3; ++time) {
    const OpenedBackend journal = open();
    ASSERT_TRUE(journal.has_value()) << journal.error().text;
    EXPECT_THAT(found_, ElementsAre("a", "", "c"));
    EXPECT_EQ((*journal)->figures().next_sequence, 4U);
  }
  keep({"d"});
  ASSERT_TRUE(open().has_value());
  EXPECT_THAT(found_, ElementsAre("a", "", "c", "d"));
}

TEST_P(JournalBackendsTest, MakesABatchDurableWithOneSync) {
  const OpenedBackend journal = open();
  const std::uint64_t before = (*journal)->figures().syncs;
  ASSERT_TRUE(append(**journal, std::vector<std::string>(64, std::string(256, 'x'))).has_value());
  EXPECT_EQ((*journal)->figures().syncs, before + 1);
}

TEST_P(JournalBackendsTest, KeepsTheOrderInWhichAppendsWereAskedForByMany) {
  {
    OpenedBackend journal = open();
    UnconcernedObserver observer;
    GroupCommit commit(std::move(*journal), observer);
    for (int i = 1; i <= 100; ++i) commit.append_later(7, std::to_string(i));
    const GroupCommit::Appended last = commit.append_blocking(7, "last");
    ASSERT_TRUE(last.has_value()) << last.error().text;
    EXPECT_EQ(*last, 101U);
  }
  ASSERT_TRUE(open().has_value());
  ASSERT_EQ(found_.size(), 101U);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(found_[i], std::to_string(i + 1));
}

TEST_P(JournalBackendsTest, LetsOldRecordsGoAndItsSequenceGoesOn) {
  constexpr std::uint64_t records = 4000;
  {
    const OpenedBackend journal = open();
    for (std::uint64_t i = 0; i < records; i += 100) {
      ASSERT_TRUE(append(**journal, std::vector<std::string>(100, std::string(100, 'x'))).has_value());
    }
    const std::uint64_t bytes = (*journal)->figures().bytes;
    ASSERT_TRUE((*journal)->trim(records + 1).has_value());
    EXPECT_LT((*journal)->figures().bytes, bytes / 2);
    EXPECT_GT((*journal)->figures().first_sequence, records / 2);
    ASSERT_TRUE(append(**journal, {"behind"}).has_value());
  }
  const OpenedBackend journal = open();
  ASSERT_TRUE(journal.has_value());
  EXPECT_GT(first_found_, records / 2);
  EXPECT_EQ(found_.back(), "behind");
  EXPECT_EQ((*journal)->figures().next_sequence, records + 2);
}

TEST_P(JournalBackendsTest, CutsATornTail) {
  keep({"first", "second", "torn-record"});
  const Place torn = where("torn-record");
  std::filesystem::resize_file(torn.file, torn.offset + 4);
  keep({"next"});
  EXPECT_THAT(found_, ElementsAre("first", "second"));
  ASSERT_TRUE(open().has_value());
  EXPECT_THAT(found_, ElementsAre("first", "second", "next"));
}

TEST_P(JournalBackendsTest, RefusesDamageInTheMiddleAndChangesNothing) {
  keep({"first", "damaged-record", "third"});
  const Place hurt = where("damaged-record");
  std::fstream file(hurt.file, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(hurt.offset));
  file.put('?');
  file.close();
  const std::string before = contents(hurt.file);
  for (int time = 0; time < 2; ++time) {
    const OpenedBackend refused = open();
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind, Kind::corrupt) << refused.error().text;
    EXPECT_THAT(refused.error().text, HasSubstr(place_.path.string()));
    EXPECT_THAT(refused.error().text, HasSubstr("was changed; see `gauntlet journal verify`"));
    EXPECT_EQ(contents(hurt.file), before);
  }
  EXPECT_EQ(read_journal(place_.path).error().kind, Kind::corrupt);
}

TEST_P(JournalBackendsTest, IsKnownByItsFolderAndRefusedByTheOthers) {
  keep({"a"});
  EXPECT_EQ(backend_of(place_.path), place_.backend);
  for (const std::string_view other : journal_backends()) {
    if (other == GetParam()) continue;
    JournalPlace elsewhere = place_;
    elsewhere.backend = other;
    const OpenedBackend refused = open_journal(elsewhere, [](const Record&) {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind, Kind::other_backend);
    EXPECT_THAT(refused.error().text, HasSubstr("holds a journal of the backend '" + place_.backend + "'"));
    EXPECT_THAT(refused.error().text, HasSubstr("set journal_backend = \"" + place_.backend + "\""));
  }
  ASSERT_TRUE(open().has_value());
  EXPECT_THAT(found_, ElementsAre("a"));
}

TEST_P(JournalBackendsTest, IsOpenedByOneAtATime) {
  const OpenedBackend first = open();
  const OpenedBackend second = open();
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, Kind::locked);
  EXPECT_THAT(second.error().text, HasSubstr("in use by another process"));
}

TEST_P(JournalBackendsTest, OnAFullDiskItFailsAndComesBackWithTheSpaceAndWithoutWhatFailed) {
  const std::string large(8 * 1024, 'x');
  std::size_t acknowledged = 1;
  {
    const OpenedBackend journal = open();
    ASSERT_TRUE(append(**journal, {large}).has_value());
    {
      const FullDisk full;
      // What is preallocated may still be filled.
      JournalResult<void> appended;
      while (acknowledged < 100 && (appended = append(**journal, {large}))) ++acknowledged;
      ASSERT_FALSE(appended.has_value());
      EXPECT_EQ(appended.error().kind, Kind::storage) << appended.error().text;
      EXPECT_FALSE(append(**journal, {"failed"}).has_value());
    }
    const JournalResult<void> again = append(**journal, {"with space"});
    ASSERT_TRUE(again.has_value()) << again.error().text;
    EXPECT_EQ((*journal)->figures().next_sequence, acknowledged + 2);
  }
  const OpenedBackend journal = open();
  ASSERT_TRUE(journal.has_value()) << journal.error().text;
  EXPECT_EQ(found_.size(), acknowledged + 1);
  EXPECT_EQ(found_.back(), "with space");
}

/// In a process of its own: 0 it was refused as it should be, 1 it was not, 77 nothing can be mounted here.
int open_read_only(const JournalPlace& place) {
  const char* const path = place.path.c_str();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 || ::mount(path, path, nullptr, MS_BIND, nullptr) != 0 ||
      ::mount(path, path, nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) != 0) {
    return 77;
  }
  const OpenedBackend opened = open_journal(place, [](const Record&) {});
  const bool refused = !opened && opened.error().kind == Kind::storage &&
                       opened.error().text.find("Read-only file system") != std::string::npos;
  return refused ? 0 : 1;
}

TEST_P(JournalBackendsTest, RefusesAReadOnlyDisk) {
  keep({"a"});
  const pid_t child = ::fork();
  if (child == 0) ::_exit(open_read_only(place_));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "no mount can be made here: user namespaces are not allowed";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

INSTANTIATE_TEST_SUITE_P(Each, JournalBackendsTest, testing::ValuesIn(journal_backends()),
                         [](const auto& each) { return std::string(each.param); });

TEST(JournalBackendTest, SaysWhichBackendsThereAre) {
  const ScratchFolder folder;
  const OpenedBackend refused = open_journal({.path = folder.path(), .backend = "paper"}, [](const Record&) {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().text, "there is no journal_backend 'paper'; it may be segment, mmap, leveldb, rocksdb");
}

}  // namespace
}  // namespace gauntlet::recovery
