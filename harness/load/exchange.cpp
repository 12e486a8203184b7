#include "harness/load/exchange.hpp"

#include <fmt/format.h>

#include "harness/load/echo_exchange.hpp"
#include "harness/load/http_exchange.hpp"

namespace gauntlet {

std::unique_ptr<Exchange> make_exchange(const LoadPlan& plan, std::string_view authority) {
  if (plan.protocol == Protocol::echo) return std::make_unique<EchoExchange>(plan.payload_bytes, plan.pipeline);
  return std::make_unique<HttpExchange>(plan, authority);
}

std::unique_ptr<Exchange> make_other_exchange(const LoadPlan& plan, std::string_view authority) {
  if (plan.other.share <= 0) return nullptr;
  LoadPlan other = plan;
  other.path = plan.other.path;
  other.expect_body = plan.other.expect_body;
  return make_exchange(other, authority);
}

std::string printable_excerpt(std::string_view bytes, std::size_t limit) {
  std::string text = "\"";
  for (const char c : bytes.substr(0, limit)) {
    if (c == '\r') {
      text += "\\r";
    } else if (c == '\n') {
      text += "\\n";
    } else if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
      text += c;
    } else {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return text + (bytes.size() > limit ? "\"..." : "\"");
}

}  // namespace gauntlet
