#include "runtimes/recovery/journal/referring_journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <map>
#include <utility>

#include "runtimes/files/scratch_folder.hpp"
#include "runtimes/recovery/journal/journal_backend.hpp"
#include "runtimes/recovery/storage/posix_storage.hpp"

namespace gauntlet::recovery {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Fails appends while it is told to.
class FailingJournal final : public Journal {
 public:
  FailingJournal(std::unique_ptr<Journal> under, const bool& fails) : under_(std::move(under)), fails_(fails) {}
  JournalResult<void> append(std::span<Record> records) override {
    if (fails_) return std::unexpected(JournalError{.kind = JournalError::Kind::storage, .code = {}, .text = "no"});
    return under_->append(records);
  }
  JournalResult<void> trim(std::uint64_t first_kept) override { return under_->trim(first_kept); }
  bool work_ahead() override { return under_->work_ahead(); }
  JournalFigures figures() const override { return under_->figures(); }

 private:
  const std::unique_ptr<Journal> under_;
  const bool& fails_;
};

class ReferringJournalTest : public testing::TestWithParam<std::string_view> {
 protected:
  ReferringJournalTest() { open(); }

  /// What the journal says, with every payload that one of its records names.
  std::map<std::uint64_t, std::string> reopened() {
    journal_.reset();
    open();
    return found_;
  }

  void open() {
    found_.clear();
    references_.clear();
    std::vector<std::uint64_t> needed;
    const auto visit = [this](const Record& record) {
      if (record.type == plain) {
        found_[record.sequence] = record.payload;
      } else {
        references_[record.sequence] =
            *decode_payload_reference(record.payload.substr(record.payload.size() - payload_reference_bytes));
      }
    };
    const auto check = [&](Storage& folder) -> JournalResult<void> {
      for (const auto& [sequence, reference] : references_) {
        auto payload = read_payload(folder, reference);
        if (!payload) return std::unexpected(payload.error());
        needed.push_back(reference.number);
        found_[sequence] = std::move(*payload);
      }
      return {};
    };
    auto opened = open_journal({.path = folder_.path(), .backend = std::string(GetParam()), .segment_bytes = 64 * 1024},
                               visit, check);
    refusal_ = opened ? "" : opened.error().text;
    if (!opened) return;
    PayloadFiles files(std::move(*folder_of_journal(folder_.path())));
    ASSERT_TRUE(files.begin(std::move(needed), 0).has_value());
    journal_ = std::make_unique<ReferringJournal>(std::make_unique<FailingJournal>(std::move(*opened), fails_),
                                                  std::move(files), [this] { return std::exchange(unneeded_, {}); });
  }

  bool append(const std::string& small, const std::string& large) {
    std::array<Record, 2> records{
        {{.type = plain, .payload = small}, {.type = referring, .payload = "head", .large_payload = large}}};
    const bool done = journal_->append(records).has_value();
    EXPECT_TRUE(!done || records[1].payload.starts_with("head"));
    return done;
  }

  std::vector<std::string> payload_files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      if (payload_number(entry.path().filename().string()) != 0) names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
  }

  static constexpr std::uint8_t plain = 1;
  static constexpr std::uint8_t referring = 2;
  const std::string large_ = std::string(100'003, 'x');
  const ScratchFolder folder_;
  bool fails_ = false;
  std::string refusal_;
  std::map<std::uint64_t, std::string> found_;
  std::map<std::uint64_t, PayloadReference> references_;
  std::vector<std::uint64_t> unneeded_;
  std::unique_ptr<Journal> journal_;
};

TEST_P(ReferringJournalTest, GivesBackAPayloadThatIsLargerThanASegment) {
  ASSERT_TRUE(append("small", large_));
  ASSERT_TRUE(append("other", large_ + "!"));
  EXPECT_THAT(reopened(), ElementsAre(std::pair(1, "small"), std::pair(2, large_), std::pair(3, "other"),
                                      std::pair(4, large_ + "!")));
  EXPECT_THAT(payload_files(), ElementsAre("000000000001.payload", "000000000002.payload"));
}

TEST_P(ReferringJournalTest, RefusesAPayloadThatIsNotAsItsRecordSays) {
  ASSERT_TRUE(append("small", large_));
  journal_.reset();
  const auto file = folder_.path() / payload_files().front();
  std::filesystem::resize_file(file, large_.size() - 1);
  open();
  EXPECT_THAT(refusal_,
              HasSubstr("000000000001.payload, which a record of the journal names, has 100002 bytes in place of"
                        " 100003; no record was changed"));
  std::filesystem::resize_file(file, large_.size());
  open();
  EXPECT_THAT(refusal_, HasSubstr("wrong checksum"));
  std::filesystem::remove(file);
  open();
  EXPECT_THAT(refusal_, HasSubstr("is missing"));
}

TEST_P(ReferringJournalTest, RemovesWhatIsNotNeededAndAtItsStartWhatACrashLeft) {
  ASSERT_TRUE(append("small", large_));
  ASSERT_TRUE(append("small", large_));
  unneeded_.push_back(1);
  ASSERT_TRUE(journal_->trim(0).has_value());
  EXPECT_THAT(payload_files(), ElementsAre("000000000002.payload"));
  ASSERT_TRUE(append("small", large_));
  EXPECT_THAT(payload_files(), ElementsAre("000000000002.payload", "000000000003.payload"));
  journal_.reset();
  PayloadFiles files(std::move(*folder_of_journal(folder_.path())));
  ASSERT_TRUE(files.begin({3}, 7).has_value());
  EXPECT_THAT(payload_files(), ElementsAre("000000000003.payload"));
  EXPECT_EQ(files.write("next")->number, 8U) << "a number is never used twice";
}

/// As a crash may still bring the record back that names it.
TEST_P(ReferringJournalTest, KeepsThePayloadOfAFailedAppendUntilTheNextOneThatSucceeds) {
  fails_ = true;
  EXPECT_FALSE(append("small", large_));
  EXPECT_THAT(payload_files(), ElementsAre("000000000001.payload"));
  fails_ = false;
  ASSERT_TRUE(append("small", large_));
  EXPECT_THAT(payload_files(), ElementsAre("000000000002.payload"));
  EXPECT_THAT(reopened(), ElementsAre(std::pair(1, "small"), std::pair(2, large_)));
}

TEST_P(ReferringJournalTest, LeavesNoPayloadThatCouldNotBeWritten) {
  std::filesystem::create_directory(folder_.path() / "000000000002.payload");
  ASSERT_TRUE(append("small", large_));
  EXPECT_FALSE(append("small", large_)) << "there is something of that name";
  std::filesystem::remove(folder_.path() / "000000000002.payload");
  ASSERT_TRUE(append("small", large_));
  EXPECT_THAT(payload_files(), ElementsAre("000000000001.payload", "000000000003.payload"));
}

INSTANTIATE_TEST_SUITE_P(Each, ReferringJournalTest, testing::ValuesIn(journal_backends()),
                         [](const auto& each) { return std::string(each.param); });

TEST(PayloadReferenceTest, IsOnlyReadFromWhatItWasWrittenAs) {
  const PayloadReference written{.number = 7, .bytes = 1'000'000, .checksum = 0x12345678};
  const auto read = decode_payload_reference(encode(written));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->number, 7U);
  EXPECT_EQ(read->bytes, 1'000'000U);
  EXPECT_EQ(read->checksum, 0x12345678U);
  EXPECT_FALSE(decode_payload_reference(encode(written) + "x").has_value());
  EXPECT_FALSE(decode_payload_reference(std::string(payload_reference_bytes, '\0')).has_value()) << "no file has 0";
}

TEST(PayloadNameTest, IsToldFromOtherNames) {
  EXPECT_EQ(payload_number(payload_name(42)), 42U);
  EXPECT_EQ(payload_number("000000000042.segment"), 0U);
  EXPECT_EQ(payload_number("42.payload"), 0U);
  EXPECT_EQ(payload_number("x00000000042.payload"), 0U);
}

}  // namespace
}  // namespace gauntlet::recovery
