// A request as a handler sees it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtimes/http/method.hpp"

namespace gauntlet::http {

/// A header, or a path parameter.
struct Field {
  std::string_view name;
  std::string_view value;
};

/// Owned by its connection and used again for the next request: every view, and the request itself, is valid until the
/// handler's Task<Response> has finished, and no longer.
class Request {
 public:
  static constexpr std::size_t parameters_max = 8;

  Request() = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  Method method = Method::get;
  std::string_view target;  ///< as it was sent
  std::string_view path;    ///< of the target, without the query; not percent-decoded
  std::string_view query;   ///< behind the '?', without it
  std::uint8_t minor_version = 1;
  bool keep_alive = true;
  std::vector<Field> headers;
  std::string_view body;  ///< without transfer coding

  /// The first header of that name; names are compared without case.
  std::optional<std::string_view> header(std::string_view name) const;
  /// Replaces every header of that name, for the handlers behind a middleware. `name` must be of static storage.
  void set_header(std::string_view name, std::string value);

  /// What stood for {name} in the path; empty when the route has no such parameter. Not percent-decoded.
  std::string_view parameter(std::string_view name) const;
  void add_parameter(std::string_view name, std::string_view value);
  void clear_parameters() noexcept { parameter_count_ = 0; }

  /// Back to an empty request; keeps the memory.
  void clear() noexcept;
  /// The text that all views of the head point into has moved.
  void rebase(const char* from, const char* to) noexcept;

 private:
  std::array<Field, parameters_max> parameters_;
  std::size_t parameter_count_ = 0;
  std::forward_list<std::string> owned_;
};

/// ASCII letters only, as HTTP compares names.
bool equal_without_case(std::string_view left, std::string_view right) noexcept;

}  // namespace gauntlet::http
