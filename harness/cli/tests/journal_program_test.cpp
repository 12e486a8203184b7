// gauntlet journal, from outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>

#include "harness/cli/tests/started_program.hpp"
#include "runtimes/files/scratch_folder.hpp"
#include "runtimes/recovery/journal/segment_journal.hpp"
#include "runtimes/recovery/request_record.hpp"
#include "runtimes/recovery/storage/posix_storage.hpp"

namespace gauntlet {
namespace {

using fixtures::gauntlet;
using fixtures::Outcome;
using recovery::Record;
using recovery::RecordType;
using testing::HasSubstr;
using testing::Not;

constexpr std::uint64_t dead_id = 2;

/// Request 1 is incomplete, 2 is a dead letter, 3 was completed.
class JournalProgram : public testing::Test {
 protected:
  JournalProgram() {
    auto storage = recovery::PosixStorage::open_folder(folder_.path(), recovery::Folder::may_be_made);
    recovery::SegmentOptions options;
    options.segment_bytes = 64 * 1024;
    auto journal = recovery::SegmentJournal::open(std::move(*storage), options, [](const Record&) {});
    recovery::StoredRequest request;
    request.target = "/orders";
    request.key = "key-of-it";
    request.headers = {{"Host", "h"}};
    request.body = "a body";
    for (int i = 0; i < 3; ++i) append(**journal, RecordType::accepted, encode(request));
    append(**journal, RecordType::dead,
           encode(recovery::StoredNote{.id = dead_id, .attempt = 3, .reason = "no stock"}));
    recovery::StoredOutcome outcome;
    outcome.id = 3;
    append(**journal, RecordType::completed, encode(outcome));
  }
  static void append(recovery::Journal& journal, RecordType type, const std::string& payload) {
    std::array<Record, 1> record{{{.type = static_cast<std::uint8_t>(type), .payload = payload}}};
    ASSERT_TRUE(journal.append(record).has_value());
  }
  Outcome journal(const std::string& command, const std::string& id = {}) const {
    std::vector<std::string> words = {"journal", command, folder_.path().string()};
    if (!id.empty()) words.push_back(id);
    return gauntlet(words);
  }

  const ScratchFolder folder_;
};

TEST_F(JournalProgram, ListsShowsAndRetries) {
  const std::string before = journal("list").output;
  EXPECT_THAT(before, HasSubstr("1  incomplete"));
  EXPECT_THAT(before, HasSubstr("2  dead"));
  EXPECT_THAT(before, Not(HasSubstr("3  ")));
  EXPECT_THAT(before, HasSubstr("POST /orders  key key-of-it"));
  const std::string shown = journal("show", "2").output;
  EXPECT_THAT(shown, HasSubstr("Host: h\n\na body\n"));
  EXPECT_THAT(shown, HasSubstr("dead: no stock"));

  EXPECT_EQ(journal("retry", "1").code, 2) << "it is no dead letter";
  EXPECT_EQ(journal("retry", "2").code, 0);
  EXPECT_THAT(journal("list").output, HasSubstr("2  incomplete"));
  EXPECT_EQ(journal("show", "4").code, 2);
}

TEST_F(JournalProgram, VerifiesAndExplainsDamage) {
  const Outcome whole = journal("verify");
  EXPECT_EQ(whole.code, 0) << whole.errors;
  EXPECT_THAT(whole.output, HasSubstr("whole: 5 records, 1 unfinished requests, 1 dead letters"));
  std::fstream file(folder_.path() / recovery::segment_name(1), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(recovery::segment_header_bytes) + 40);
  file.put('?');
  file.close();
  const Outcome damaged = journal("verify");
  EXPECT_EQ(damaged.code, 1);
  EXPECT_THAT(damaged.errors, HasSubstr("000000000001.segment is damaged at offset 512: record 1 cannot be read"));
}

/// A worker that journals as a configuration file says, under load.
class JournalOfAWorker : public testing::TestWithParam<const char*> {};

TEST_P(JournalOfAWorker, IsTheOneOfTheConfigurationFile) {
  const ScratchFolder folder;
  const std::string path = (folder.path() / "journal").string();
  const std::string file = folder.write(
      "gauntlet.toml", std::string("[runtime]\nbackend = \"single_loop\"\n[recovery]\n") + "journal_backend = \"" +
                           GetParam() + "\"\n" + "journal_path = \"" + path + "\"\n");
  const Outcome run = gauntlet({"run", "load", "--config", file, "--smoke", "--json", "-p", "protocol=http", "-p",
                                "path=/orders", "-p", "pacing=closed"});
  ASSERT_THAT(run.code, testing::AnyOf(0, 3)) << "whole, or disturbed: " << run.errors;
  EXPECT_THAT(run.output, HasSubstr(std::string(GetParam()) + " in " + path));
  const Outcome verified = gauntlet({"journal", "verify", path});
  ASSERT_EQ(verified.code, 0) << verified.errors;
  EXPECT_THAT(verified.output, HasSubstr(std::string("backend ") + GetParam()));
  EXPECT_THAT(verified.output, Not(HasSubstr("whole: 0 records")));
  EXPECT_EQ(gauntlet({"journal", "list", path}).code, 0);

  const std::string other = folder.write("other.toml",
                                         "[runtime]\nbackend = \"single_loop\"\n[recovery]\n"
                                         "journal_backend = \"mmap\"\njournal_path = \"" +
                                             path + "\"\n");
  const Outcome refused = gauntlet({"run", "load", "--config", other, "--smoke", "-p", "protocol=http"});
  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.output + refused.errors,
              HasSubstr(std::string("holds a journal of the backend '") + GetParam() + "'"));
}

INSTANTIATE_TEST_SUITE_P(Each, JournalOfAWorker, testing::Values("segment", "leveldb", "rocksdb"),
                         [](const auto& each) { return std::string(each.param); });

TEST(JournalProgramWithoutAJournal, SaysSo) {
  const Outcome outcome = gauntlet({"journal", "verify", "/nowhere"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.errors, HasSubstr("there is no journal in /nowhere"));
}

}  // namespace
}  // namespace gauntlet
