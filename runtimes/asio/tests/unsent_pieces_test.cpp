#include "runtimes/asio/unsent_pieces.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace gauntlet {
namespace {

static_assert(boost::asio::is_const_buffer_sequence<UnsentPieces>::value);

struct Words {
  std::array<std::string, 4> words = {"ab", "", "cde", "f"};
  std::array<iovec, 4> pieces;
  Words() {
    for (std::size_t i = 0; i < pieces.size(); ++i) pieces[i] = {words[i].data(), words[i].size()};
  }
};

std::string text_of(const UnsentPieces& unsent) {
  std::string text;
  for (const auto piece : unsent) text.append(static_cast<const char*>(piece.data()), piece.size());
  return text;
}

TEST(UnsentPieces, AreWhatFollowsTheBytesSentWhereverTheCutFalls) {
  const Words words;
  const std::string all = "abcdef";
  for (std::size_t sent = 0; sent <= all.size(); ++sent) {
    const UnsentPieces unsent(words.pieces, sent);
    EXPECT_EQ(text_of(unsent), all.substr(sent)) << sent;
    EXPECT_EQ(boost::asio::buffer_size(unsent), all.size() - sent) << sent;
  }
}

TEST(UnsentPieces, LeaveOutWhatIsSentAndEmptyPiecesInFrontOfTheRest) {
  const Words words;
  EXPECT_EQ(UnsentPieces(words.pieces, 0).count(), 4u);
  EXPECT_EQ(UnsentPieces(words.pieces, 2).count(), 2u);
  EXPECT_EQ(UnsentPieces(words.pieces, 5).count(), 1u);
  EXPECT_EQ(UnsentPieces(words.pieces, 6).count(), 0u);
}

TEST(UnsentPieces, CanBeWalkedBackwards) {
  const Words words;
  const UnsentPieces unsent(words.pieces, 3);
  std::string reversed;
  for (auto at = unsent.end(); at != unsent.begin();) {
    const auto piece = *--at;
    reversed = std::string(static_cast<const char*>(piece.data()), piece.size()) + reversed;
  }
  EXPECT_EQ(reversed, "def");
}

}  // namespace
}  // namespace gauntlet
