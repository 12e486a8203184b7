#include "runtimes/recovery/journal/segment_journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "runtimes/files/scratch_folder.hpp"
#include "runtimes/recovery/storage/posix_storage.hpp"

namespace gauntlet::recovery {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Opened = JournalResult<std::unique_ptr<SegmentJournal>>;

class SegmentJournalTest : public testing::Test {
 protected:
  SegmentJournalTest() {
    options_.segment_bytes = 4096;
    options_.step_bytes = 4096;
  }

  Opened open() {
    found_.clear();
    auto storage = PosixStorage::open_folder(folder_.path(), Folder::may_be_made);
    EXPECT_TRUE(storage.has_value());
    return SegmentJournal::open(std::move(*storage), options_,
                                [this](const Record& record) { found_.emplace_back(record.payload); });
  }
  static void append(Journal& journal, const std::vector<std::string>& payloads) {
    std::vector<Record> records;
    for (const std::string& payload : payloads) records.push_back({.type = 1, .payload = payload});
    const auto appended = journal.append(records);
    ASSERT_TRUE(appended.has_value()) << appended.error().text;
  }
  std::filesystem::path segment(std::uint64_t number) const { return folder_.path() / segment_name(number); }
  void overwrite(std::uint64_t number, std::streamoff offset, std::string_view bytes) const {
    std::fstream file(segment(number), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(offset);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    ASSERT_TRUE(file.good());
  }
  void expect_refused(JournalError::Kind kind, const std::string& words) {
    const Opened journal = open();
    ASSERT_FALSE(journal.has_value());
    EXPECT_EQ(journal.error().kind, kind);
    EXPECT_THAT(journal.error().text, HasSubstr(words));
  }
  static constexpr std::streamoff first_record = segment_header_bytes;

  const ScratchFolder folder_;
  SegmentOptions options_;
  std::vector<std::string> found_;
};

TEST_F(SegmentJournalTest, GivesBackWhatWasAppendedInOrder) {
  {
    const Opened journal = open();
    append(**journal, {"a", "b"});
    append(**journal, {"c"});
    EXPECT_EQ((*journal)->figures().next_sequence, 4U);
  }
  const Opened journal = open();
  ASSERT_TRUE(journal.has_value());
  EXPECT_THAT(found_, ElementsAre("a", "b", "c"));
  append(**journal, {"d"});
  EXPECT_EQ((*journal)->figures().next_sequence, 5U);
}

TEST_F(SegmentJournalTest, OpeningAgainAndAgainChangesNothing) {
  { append(**open(), {"a", "b"}); }
  for (int time = 0; time < 5; ++time) {
    ASSERT_TRUE(open().has_value());
    EXPECT_THAT(found_, ElementsAre("a", "b"));
  }
}

TEST_F(SegmentJournalTest, GoesOnInFurtherSegmentsAndLetsOldOnesGo) {
  const std::string large(1500, 'x');
  const Opened journal = open();
  for (int i = 0; i < 20; ++i) append(**journal, {large, "between"});
  EXPECT_GE((*journal)->figures().bytes, 10 * options_.segment_bytes);
  ASSERT_TRUE((*journal)->trim(39).has_value());
  EXPECT_LE((*journal)->figures().bytes, 2 * options_.segment_bytes);
  EXPECT_LE((*journal)->figures().first_sequence, 39U);
  EXPECT_FALSE(std::filesystem::exists(segment(1)));
}

TEST_F(SegmentJournalTest, ASpareIsUsedAgainAndWhatItHeldIsNot) {
  const std::string large(1500, 'x');
  {
    const Opened journal = open();
    for (int i = 0; i < 12; ++i) append(**journal, {large, large});
    ASSERT_TRUE((*journal)->trim(20).has_value());
    EXPECT_TRUE(std::filesystem::exists(folder_.path() / "spare"));
    append(**journal, {large, "last"});
    append(**journal, {"behind"});
  }
  ASSERT_TRUE(open().has_value());
  EXPECT_EQ(found_.back(), "behind");
}

TEST_F(SegmentJournalTest, WorksAheadUntilThereIsNothingLeftToDo) {
  options_.step_bytes = 1024;
  const Opened journal = open();
  int steps = 0;
  while ((*journal)->work_ahead()) ++steps;
  EXPECT_EQ(steps, 3) << "the fourth finds nothing left behind it";
  EXPECT_FALSE((*journal)->work_ahead());
}

TEST_F(SegmentJournalTest, CutsATornTailAndGoesOn) {
  {
    const Opened journal = open();
    append(**journal, {"a"});
    append(**journal, {"b"});
  }
  overwrite(1, first_record + 40 + 32, "?");
  append(**open(), {"c"});
  EXPECT_THAT(found_, ElementsAre("a"));
  ASSERT_TRUE(open().has_value());
  EXPECT_THAT(found_, ElementsAre("a", "c"));
}

TEST_F(SegmentJournalTest, RefusesDamageThatALaterBatchProves) {
  {
    const Opened journal = open();
    append(**journal, {"a"});
    append(**journal, {"b"});
    append(**journal, {"c"});
  }
  overwrite(1, first_record + 40 + 32, "?");
  expect_refused(JournalError::Kind::corrupt, "000000000001.segment is damaged at offset 552: record 2 cannot be read");
  EXPECT_FALSE(std::filesystem::exists(segment(2)));
}

TEST_F(SegmentJournalTest, DamageInTheLastBatchIsCutLikeATornTail) {
  {
    const Opened journal = open();
    append(**journal, {"a"});
    append(**journal, {"b", "c"});
  }
  overwrite(1, first_record + 40 + 32, "?");
  ASSERT_TRUE(open().has_value());
  EXPECT_THAT(found_, ElementsAre("a"));
  // What was cut stays so, though its segment still holds "c".
  ASSERT_TRUE(open().has_value());
  EXPECT_THAT(found_, ElementsAre("a"));
}

TEST_F(SegmentJournalTest, RefusesDamageThatALaterSegmentProves) {
  { append(**open(), {"a", "b"}); }
  { append(**open(), {"c"}); }
  { append(**open(), {"d"}); }
  overwrite(2, first_record + 32, "?");
  expect_refused(JournalError::Kind::corrupt, "000000000002.segment is damaged at offset 512: record 1");
}

TEST_F(SegmentJournalTest, RefusesASegmentThatIsMissing) {
  const std::string large(1500, 'x');
  {
    const Opened journal = open();
    for (int i = 0; i < 4; ++i) append(**journal, {large, large});
  }
  std::filesystem::remove(segment(2));
  expect_refused(JournalError::Kind::corrupt, "000000000001.segment is damaged");
}

TEST_F(SegmentJournalTest, NamesWhatIsWrongWithAHeader) {
  { append(**open(), {"a"}); }
  overwrite(1, 8, std::string_view("\x02", 1));
  expect_refused(JournalError::Kind::newer_version,
                 "says at offset 8 that it is of format version 2, this program reads version 1");
  overwrite(1, 8, std::string_view("\x01", 1));
  overwrite(1, 40, "?");
  expect_refused(JournalError::Kind::corrupt, "000000000001.segment has a damaged header (offset 0)");
  overwrite(1, 0, "?");
  expect_refused(JournalError::Kind::corrupt, "does not begin like a segment");
  std::filesystem::resize_file(segment(1), 100);
  expect_refused(JournalError::Kind::corrupt, "only 100 bytes long");
}

TEST_F(SegmentJournalTest, RefusesTheFolderOfADatabase) {
  std::ofstream(folder_.path() / "CURRENT") << "MANIFEST-000001\n";
  expect_refused(JournalError::Kind::other_backend, "LevelDB or RocksDB");
}

TEST_F(SegmentJournalTest, RefusesAJournalThatIsInUse) {
  const Opened first = open();
  expect_refused(JournalError::Kind::locked, "in use by another process");
}

TEST_F(SegmentJournalTest, RefusesARecordThatFitsIntoNoSegment) {
  const Opened journal = open();
  std::vector<Record> records = {{.type = 1, .payload = {}}};
  const std::string large(4000, 'x');
  records[0].payload = large;
  const auto appended = (*journal)->append(records);
  ASSERT_FALSE(appended.has_value());
  EXPECT_EQ(appended.error().kind, JournalError::Kind::too_large);
  append(**journal, {"the next one"});
}

}  // namespace
}  // namespace gauntlet::recovery
