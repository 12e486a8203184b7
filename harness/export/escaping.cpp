#include "harness/export/escaping.hpp"

#include "harness/store/json_fields.hpp"

namespace gauntlet {
namespace {

constexpr const char* kReplacement = "\xef\xbf\xbd";

/// What begins markup, in XML and in the HTML that Markdown may hold.
const char* entity_of(char c) { return c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : nullptr; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20; }

/// Each character as `replace` has it; a null pointer keeps it.
template <class Replace>
std::string replaced(std::string_view text, Replace replace) {
  std::string result;
  for (const char c : text) {
    if (const char* other = replace(c)) {
      result += other;
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace

std::string valid_utf8(std::string_view text) { return Json::parse(dump_line(Json(text))).get<std::string>(); }

std::string xml_escaped(std::string_view text) {
  return replaced(valid_utf8(text), [](char c) -> const char* {
    switch (c) {
      case '"':
        return "&quot;";
      // A parser makes spaces of these in an attribute unless they are references.
      case '\n':
        return "&#10;";
      case '\t':
        return "&#9;";
      case '\r':
        return "&#13;";
      default:
        return is_control(c) ? kReplacement : entity_of(c);
    }
  });
}

std::string markdown_escaped(std::string_view text) {
  return replaced(valid_utf8(text), [](char c) -> const char* {
    switch (c) {
      case '|':
        return "\\|";
      case '\\':
        return "\\\\";
      case '`':
        return "\\`";
      case '*':
        return "\\*";
      case '_':
        return "\\_";
      case '[':
        return "\\[";
      default:
        return is_control(c) ? " " : entity_of(c);
    }
  });
}

std::string csv_escaped(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  return '"' + replaced(text, [](char c) -> const char* { return c == '"' ? "\"\"" : nullptr; }) + '"';
}

std::string workflow_message_escaped(std::string_view text) {
  return replaced(valid_utf8(text), [](char c) -> const char* {
    return c == '%' ? "%25" : c == '\r' ? "%0D" : c == '\n' ? "%0A" : nullptr;
  });
}

std::string workflow_property_escaped(std::string_view text) {
  return replaced(workflow_message_escaped(text), [](char c) -> const char* {
    return c == ':' ? "%3A" : c == ',' ? "%2C" : nullptr;
  });
}

}  // namespace gauntlet
