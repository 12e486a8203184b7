#include "runtimes/recovery/context.hpp"

#include <cstdio>
#include <stdexcept>

#include "runtimes/recovery/trace_context.hpp"

namespace gauntlet::recovery {

namespace {

std::string trace_of(const StoredRequest& request) {
  for (const auto& [name, value] : request.headers) {
    if (http::equal_without_case(name, traceparent_header)) return std::string(trace_id_of(value));
  }
  return {};
}

Context::Clock::time_point from_unix_ns(std::int64_t since_1970) {
  return Context::Clock::time_point(
      std::chrono::duration_cast<Context::Clock::duration>(std::chrono::nanoseconds(since_1970)));
}

}  // namespace

void Logger::write(std::string_view level, std::string_view text) const {
  const std::string line = fmt::format("recovery {} trace={} {}\n", level, trace_id_, text);
  // One call, so that lines of several threads stay whole.
  std::fwrite(line.data(), 1, line.size(), stderr);
}

Context::Context(const StoredRequest& request, std::uint32_t attempt)
    : trace_id_(trace_of(request)),
      logger_(trace_id_),
      attempt_(attempt),
      arrival_(from_unix_ns(request.arrival_unix_ns)) {
  if (request.deadline_unix_ns != 0) deadline_ = from_unix_ns(request.deadline_unix_ns);
}

Request::Request(StoredRequest stored, const http::Router& router) : stored_(std::move(stored)), router_(&router) {
  request_.method = stored_.method;
  request_.target = stored_.target;
  const std::size_t question = request_.target.find('?');
  request_.path = request_.target.substr(0, question);
  if (question != std::string_view::npos) request_.query = request_.target.substr(question + 1);
  for (const auto& [name, value] : stored_.headers) request_.headers.push_back({name, value});
  request_.body = stored_.body;
}

Task<void> retry_original_handler(const Request& request) {
  const Task<http::Response> handler = request.router_->dispatch(request.request_);
  request.response_ = co_await handler;
  const auto status = static_cast<unsigned>(request.response_->status);
  if (status >= 500) throw std::runtime_error(fmt::format("the handler answered {}", status));
}

}  // namespace gauntlet::recovery
