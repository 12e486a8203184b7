#include "harness/worker/message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace gauntlet {
namespace {

using testing::HasSubstr;
using Type = WorkerMessage::Type;

WorkerMessage there_and_back(const WorkerMessage& message) {
  const auto decoded = decode_message(encode_message(message));
  EXPECT_TRUE(decoded) << decoded.error();
  return decoded.value_or(WorkerMessage{});
}

TEST(WorkerMessage, ReadyCarriesPortAndConfiguration) {
  WorkerMessage message;
  message.port = 8080;
  message.effective_config = {{"backend", "single_loop"}};
  const auto back = there_and_back(message);
  EXPECT_EQ(back.type, Type::ready);
  EXPECT_EQ(back.port, 8080);
  EXPECT_EQ(back.effective_config, message.effective_config);
}

TEST(WorkerMessage, AReportLeavesOutWhatIsNoNumber) {
  WorkerMessage message;
  message.type = Type::report;
  message.values = {{"good", 1.5}, {"bad", std::numeric_limits<double>::quiet_NaN()}};
  EXPECT_EQ(there_and_back(message).values, (std::map<std::string, double>{{"good", 1.5}}));
}

TEST(WorkerMessage, IsOneLineWhateverTheReasonHolds) {
  WorkerMessage message;
  message.type = Type::skipped;
  message.reason = "two\nlines and a bad byte \xff";
  EXPECT_EQ(encode_message(message).find('\n'), std::string::npos);
  EXPECT_THAT(there_and_back(message).reason, HasSubstr("two\nlines"));
}

TEST(WorkerMessage, RubbishIsAnErrorThatSaysWhatIsWrong) {
  EXPECT_EQ(decode_message("hello").error(), "not a JSON object");
  EXPECT_THAT(decode_message(R"({"type":"dance"})").error(), HasSubstr("unknown message type 'dance'"));
  EXPECT_THAT(decode_message(R"({"type":"ready"})").error(), HasSubstr("port"));
  EXPECT_FALSE(decode_message(R"({"type":"report","values":{"a":"text"}})"));
}

TEST(WorkerCommand, IsAWordOrTheRequestToStop) {
  EXPECT_TRUE(decode_command(encode_command({.stop = true, .text = {}}))->stop);
  const auto word = decode_command(encode_command({.stop = false, .text = "go \"on\""}));
  EXPECT_FALSE(word->stop);
  EXPECT_EQ(word->text, "go \"on\"");
  EXPECT_FALSE(decode_command("{}"));
}

}  // namespace
}  // namespace gauntlet
