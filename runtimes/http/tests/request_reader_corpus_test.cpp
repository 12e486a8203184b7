// Gives the reader what a fuzzer has found, without a fuzzer. See request_reader_fuzz.cpp.
#include "runtimes/files/fuzz_corpus.hpp"

namespace gauntlet {
namespace {

TEST(RequestReader, ReadsTheSameRequestsOfEveryStreamInTheCorpusHoweverItIsCut) {
  EXPECT_GT(fixtures::replay_corpus(GAUNTLET_HTTP_CORPUS), 20) << "the corpus is missing";
}

}  // namespace
}  // namespace gauntlet
