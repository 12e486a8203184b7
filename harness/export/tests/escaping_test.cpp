#include "harness/export/escaping.hpp"

#include <gtest/gtest.h>

namespace gauntlet {
namespace {

TEST(Escaping, OfXmlKeepsWhatAParserWouldTakeForItsOwn) {
  EXPECT_EQ(xml_escaped("<a b=\"c\">&'"), "&lt;a b=&quot;c&quot;&gt;&amp;'");
  EXPECT_EQ(xml_escaped("two\nlines"), "two&#10;lines");
  EXPECT_EQ(xml_escaped("\x01"), "\xef\xbf\xbd");
}

TEST(Escaping, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(valid_utf8("a\xff"
                       "b"),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(valid_utf8("größer"), "größer");
}

TEST(Escaping, OfMarkdownStaysInItsCell) {
  EXPECT_EQ(markdown_escaped("a|b\nc <img> single_loop"), "a\\|b c &lt;img&gt; single\\_loop");
}

TEST(Escaping, OfCsvQuotesOnlyWhereItHasTo) {
  EXPECT_EQ(csv_escaped("load/echo.cost"), "load/echo.cost");
  EXPECT_EQ(csv_escaped("a,\"b\""), "\"a,\"\"b\"\"\"");
}

TEST(Escaping, OfWorkflowCommandsEndsNeitherTheCommandNorAProperty) {
  EXPECT_EQ(workflow_message_escaped("50 %\n::error::no"), "50 %25%0A::error::no");
  EXPECT_EQ(workflow_property_escaped("a:b,c%"), "a%3Ab%2Cc%25");
}

}  // namespace
}  // namespace gauntlet
