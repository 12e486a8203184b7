// What a recovery hook gets to know of the request that it is given.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "runtimes/http/request.hpp"
#include "runtimes/http/response.hpp"
#include "runtimes/http/router.hpp"
#include "runtimes/recovery/request_record.hpp"
#include "runtimes/task/task.hpp"

namespace gauntlet::recovery {

/// Lines on standard error, each with the trace that it belongs to.
class Logger {
 public:
  explicit Logger(std::string trace_id) : trace_id_(std::move(trace_id)) {}
  template <typename... Arguments>
  void info(fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
    write("info", fmt::format(format, std::forward<Arguments>(arguments)...));
  }
  template <typename... Arguments>
  void error(fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
    write("error", fmt::format(format, std::forward<Arguments>(arguments)...));
  }

 private:
  void write(std::string_view level, std::string_view text) const;

  std::string trace_id_;
};

class Context {
 public:
  using Clock = std::chrono::system_clock;

  Context(const StoredRequest& request, std::uint32_t attempt);

  const Logger& logger() const noexcept { return logger_; }
  const std::string& trace_id() const noexcept { return trace_id_; }
  /// Of the replay: 1 is the first.
  std::uint32_t attempt() const noexcept { return attempt_; }
  Clock::time_point arrival() const noexcept { return arrival_; }
  Clock::duration elapsed() const { return Clock::now() - arrival_; }
  std::optional<Clock::time_point> deadline() const noexcept { return deadline_; }

 private:
  std::string trace_id_;
  Logger logger_;
  std::uint32_t attempt_;
  Clock::time_point arrival_;
  std::optional<Clock::time_point> deadline_;
};

/// A request out of the journal, as its hook sees it. Valid until the hook's task has finished.
class Request {
 public:
  Request(StoredRequest stored, const http::Router& router);
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  std::uint64_t id() const noexcept { return stored_.id; }
  std::string_view method() const noexcept { return http::method_name(stored_.method); }
  std::string_view path() const noexcept { return request_.path; }
  std::string_view target() const noexcept { return stored_.target; }
  std::string_view body() const noexcept { return stored_.body; }
  std::string_view idempotency_key() const noexcept { return stored_.key; }
  std::optional<std::string_view> header(std::string_view name) const { return request_.header(name); }

  const StoredRequest& stored() const noexcept { return stored_; }
  /// What the original handler gets.
  const http::Request& original() const noexcept { return request_; }
  /// What the original handler answered, if it was asked.
  const std::optional<http::Response>& response() const noexcept { return response_; }

 private:
  friend Task<void> retry_original_handler(const Request& request);

  const StoredRequest stored_;
  const http::Router* router_;
  // Dispatching fills in parameters, and a hook has but a const request.
  mutable http::Request request_;
  mutable std::optional<http::Response> response_;
};

/// Runs what the request was sent to, with its middleware; what that answers is kept for repetitions of the request.
/// Throws what the handler throws, and where it answers with a status of 500 or more.
Task<void> retry_original_handler(const Request& request);

}  // namespace gauntlet::recovery
