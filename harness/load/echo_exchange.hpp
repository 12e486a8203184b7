// Raw echo: every message has its own number in front of a pattern, and must come back as it was sent.
#pragma once

#include <string>
#include <string_view>

#include "harness/load/exchange.hpp"

namespace gauntlet {

class EchoExchange final : public Exchange {
 public:
  /// `payload_bytes` is at least 8, the size of the number.
  EchoExchange(std::uint32_t payload_bytes, std::uint32_t pipeline);

  std::string_view requests(std::uint64_t first_id, std::uint32_t count) override;
  Answer examine(std::string_view received, std::uint64_t id) override;
  std::string explain() const override;

 private:
  std::size_t size_;
  std::string messages_;
  std::string_view wrong_;
  std::uint64_t expected_id_ = 0;
};

}  // namespace gauntlet
