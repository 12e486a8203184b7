// From method and path to a handler, through middleware.
#pragma once

#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtimes/http/request.hpp"
#include "runtimes/http/response.hpp"
#include "runtimes/task/task.hpp"

namespace gauntlet::http {

/// The router keeps it, so a coroutine lambda may capture: it outlives its coroutines as long as the server lives.
using Handler = std::function<Task<Response>(Request&)>;

class Next;
/// Answers itself, or calls `next` and does as it likes with what that answers.
using Middleware = std::function<Task<Response>(Request&, Next)>;

/// The rest of the chain behind a middleware. A view: the router owns the chain.
class Next {
 public:
  Next(std::span<const Middleware> rest, const Handler& handler) noexcept : rest_(rest), handler_(&handler) {}
  Task<Response> operator()(Request& request) const {
    return rest_.empty() ? (*handler_)(request) : rest_.front()(request, Next(rest_.subspan(1), *handler_));
  }

 private:
  std::span<const Middleware> rest_;
  const Handler* handler_;
};

/// Filled before the server starts, then only read: dispatch() from any thread.
class Router {
 public:
  /// For every route that is added after it, outermost first. Requests without a route do not pass it.
  void use(Middleware middleware) { common_.push_back(std::move(middleware)); }

  /// `pattern` is a path whose segments are text or {name}; it begins with '/'. Adding the same method and pattern
  /// twice or a malformed pattern is a programmer's error (asserted). HEAD is answered by GET's handler unless it has
  /// its own.
  void add(Method method, std::string_view pattern, Handler handler, std::vector<Middleware> chain = {});

  /// Around every route that is there already, outside of its own chain.
  void wrap(const Middleware& middleware);

  /// 404 without a route, 405 with Allow when the path knows other methods. A path written out goes before one with
  /// parameters; among those, the first added. Fills in the request's parameters.
  Task<Response> dispatch(Request& request) const;

 private:
  struct Route {
    Method method;
    Handler handler;
    std::vector<Middleware> chain;
  };
  struct Path {
    std::string pattern;
    std::vector<std::string> segments;  ///< only with parameters, which keep their braces here
    std::vector<Route> routes;
    std::string allow;

    bool match(Request& request) const;
    const Route* find(Method method) const;
  };
  Path& path_for(std::string_view pattern);
  const Path* find_path(Request& request) const;

  std::vector<Middleware> common_;
  std::vector<Path> written_out_;  ///< by length, then by text: most comparisons are those of two numbers
  std::deque<Path> with_parameters_;
};

}  // namespace gauntlet::http
