#include "harness/load/http_exchange.hpp"

#include <fmt/format.h>

#include <cassert>

namespace gauntlet {
namespace {

constexpr int kServiceUnavailable = 503;

std::string build_request(const LoadPlan& plan, std::string_view authority) {
  std::string request = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", plan.method, plan.path, authority);
  const bool has_body = !plan.body.empty() || plan.method == "POST" || plan.method == "PUT";
  if (has_body) request += fmt::format("Content-Length: {}\r\n", plan.body.size());
  return request + "\r\n" + plan.body;
}

}  // namespace

HttpExchange::HttpExchange(const LoadPlan& plan, std::string_view authority)
    : expect_status_(plan.expect_status),
      counts_shed_(plan.counts_shed),
      expect_body_(plan.expect_body),
      is_head_(plan.method == "HEAD") {
  const std::string request = build_request(plan, authority);
  request_size_ = request.size();
  for (std::uint32_t i = 0; i < plan.pipeline; ++i) requests_ += request;
}

std::string_view HttpExchange::requests(std::uint64_t, std::uint32_t count) {
  assert(count * request_size_ <= requests_.size());
  return std::string_view(requests_).substr(0, count * request_size_);
}

Answer HttpExchange::examine(std::string_view received, std::uint64_t) {
  response_ = frame_http_response(received, is_head_, dechunked_);
  Answer answer;
  answer.size = response_.size;
  answer.closes = response_.closes;
  excerpt_ = received;
  if (response_.state == HttpResponse::State::incomplete) return answer;
  if (response_.state == HttpResponse::State::malformed) {
    answer.state = Answer::State::malformed;
    answer.error = ErrorKind::malformed;
    return answer;
  }
  answer.state = Answer::State::wrong;
  if (counts_shed_ && response_.status == kServiceUnavailable) {
    answer.state = Answer::State::shed;
  } else if (response_.status != expect_status_) {
    answer.error = ErrorKind::wrong_status;
  } else if (!expect_body_.empty() && response_.body != expect_body_) {
    answer.error = ErrorKind::wrong_body;
  } else {
    answer.state = Answer::State::right;
  }
  return answer;
}

std::string HttpExchange::explain() const {
  if (response_.state == HttpResponse::State::malformed) {
    return fmt::format("not an HTTP response ({}): {}", response_.why, printable_excerpt(excerpt_));
  }
  if (response_.status != expect_status_) {
    return fmt::format("status {} and not {}: {}", response_.status, expect_status_, printable_excerpt(excerpt_));
  }
  return fmt::format("a body of {} bytes, {}, and not of {}, {}", response_.body.size(),
                     printable_excerpt(response_.body), expect_body_.size(), printable_excerpt(expect_body_));
}

}  // namespace gauntlet
