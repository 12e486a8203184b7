#include "harness/measure/base64.hpp"

#include <gtest/gtest.h>

namespace gauntlet {
namespace {

TEST(Base64, AgreesWithTheVectorsOfTheStandard) {
  const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(encode_base64(bytes), text);
    EXPECT_EQ(decode_base64(text), bytes);
  }
}

TEST(Base64, EveryByteSurvivesTheWayThereAndBack) {
  std::string bytes;
  for (int value = 0; value < 256; ++value) bytes += static_cast<char>(value);
  EXPECT_EQ(decode_base64(encode_base64(bytes)), bytes);
}

TEST(Base64, TextThatNobodyEncodedIsRefused) {
  for (const std::string_view text :
       {"Z", "Zg=", "Zg", "Zm9v!m8=", "Z===", "=Zg=", "Zh==", "Zm9=", "Zm 9vYg=", "Zg==Zg=="}) {
    EXPECT_FALSE(decode_base64(text)) << text;
  }
}

}  // namespace
}  // namespace gauntlet
