// HTTP/1.1 as the load generator speaks it: the same request again and again, every answer checked.
#pragma once

#include <string>
#include <string_view>

#include "harness/load/exchange.hpp"
#include "harness/load/http_framing.hpp"

namespace gauntlet {

class HttpExchange final : public Exchange {
 public:
  HttpExchange(const LoadPlan& plan, std::string_view authority);

  std::string_view requests(std::uint64_t first_id, std::uint32_t count) override;
  Answer examine(std::string_view received, std::uint64_t id) override;
  std::string explain() const override;

 private:
  std::size_t request_size_ = 0;
  std::string requests_;  ///< as many as may leave at once
  int expect_status_;
  bool counts_shed_;
  std::string expect_body_;
  bool is_head_;
  std::string dechunked_;
  HttpResponse response_;
  std::string_view excerpt_;  ///< the answer that was examined last; valid only until the engine drops its bytes
};

}  // namespace gauntlet
