// Gives all that reads a journal what a fuzzer has found, without a fuzzer. See record_fuzz.cpp.
#include "runtimes/files/fuzz_corpus.hpp"

namespace gauntlet {
namespace {

TEST(JournalCorpusTest, AnyBytesMayBeGivenToWhatReadsAJournal) {
  EXPECT_GT(fixtures::replay_corpus(GAUNTLET_JOURNAL_CORPUS), 20) << "the corpus is missing";
}

}  // namespace
}  // namespace gauntlet
