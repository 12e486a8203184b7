// Text of others inside a format of ours: names and reasons may hold anything.
#pragma once

#include <string>
#include <string_view>

namespace gauntlet {

/// With U+FFFD in place of bytes that are not UTF-8.
std::string valid_utf8(std::string_view text);

/// For content and for attributes in double quotes. What XML 1.0 cannot hold becomes U+FFFD.
std::string xml_escaped(std::string_view text);

/// For a cell of a Markdown table: one line, without markup that a renderer would act on.
std::string markdown_escaped(std::string_view text);

/// For a field of a CSV file (RFC 4180): in quotes where it has to be.
std::string csv_escaped(std::string_view text);

/// For the message of a workflow command of GitHub Actions ("::error::MESSAGE").
std::string workflow_message_escaped(std::string_view text);
/// For one of its properties ("::error title=PROPERTY::").
std::string workflow_property_escaped(std::string_view text);

}  // namespace gauntlet
