// Gives all that reads a journal what a fuzzer has found, without a fuzzer. See record_fuzz.cpp.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

TEST(JournalCorpusTest, AnyBytesMayBeGivenToWhatReadsAJournal) {
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator(GAUNTLET_JOURNAL_CORPUS)) {
    std::ifstream in(file.path(), std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    EXPECT_EQ(LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
    ++files;
  }
  EXPECT_GT(files, 20) << "the corpus is missing";
}

}  // namespace
