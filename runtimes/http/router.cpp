#include "runtimes/http/router.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace gauntlet::http {

namespace {

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

bool stands_before(std::string_view left, std::string_view right) {
  return left.size() != right.size() ? left.size() < right.size() : left < right;
}

std::string_view parameter_name(std::string_view segment) { return segment.substr(1, segment.size() - 2); }

/// Takes the first segment off a path that begins with '/'.
std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

std::vector<std::string> split(std::string_view pattern) {
  std::vector<std::string> segments;
  while (!pattern.empty()) {
    const std::string_view segment = next_segment(pattern);
    assert((is_parameter(segment) ? segment.ends_with('}') && segment.size() > 2
                                  : segment.find_first_of("{}") == std::string_view::npos) &&
           "a segment is text or {name}");
    segments.emplace_back(segment);
  }
  assert(std::ranges::count_if(segments, is_parameter) <= static_cast<std::ptrdiff_t>(Request::parameters_max));
  return segments;
}

Task<Response> answer_not_found() { co_return Response::of_static(Status::not_found, "text/plain", "Not Found\n"); }

Task<Response> answer_not_allowed(std::string_view allow) {
  Response response = Response::of_static(Status::method_not_allowed, "text/plain", "Method Not Allowed\n");
  response.add_header("Allow", allow);
  co_return response;
}

}  // namespace

bool Router::Path::match(Request& request) const {
  std::string_view rest = request.path;
  request.clear_parameters();
  for (const std::string& expected : segments) {
    if (!rest.starts_with('/')) return false;
    const std::string_view segment = next_segment(rest);
    if (is_parameter(expected)) {
      if (segment.empty()) return false;
      request.add_parameter(parameter_name(expected), segment);
    } else if (segment != expected) {
      return false;
    }
  }
  return rest.empty();
}

const Router::Route* Router::Path::find(Method method) const {
  for (const Route& route : routes) {
    if (route.method == method) return &route;
  }
  return method == Method::head ? find(Method::get) : nullptr;
}

Router::Path& Router::path_for(std::string_view pattern) {
  assert(pattern.starts_with('/'));
  std::vector<std::string> segments = split(pattern);
  if (std::ranges::none_of(segments, is_parameter)) {
    const auto at = std::ranges::lower_bound(written_out_, pattern, stands_before, &Path::pattern);
    if (at != written_out_.end() && at->pattern == pattern) return *at;
    Path path;
    path.pattern = pattern;
    return *written_out_.insert(at, std::move(path));
  }
  for (Path& path : with_parameters_) {
    if (path.pattern == pattern) return path;
  }
  Path& path = with_parameters_.emplace_back();
  path.pattern = pattern;
  path.segments = std::move(segments);
  return path;
}

void Router::add(Method method, std::string_view pattern, Handler handler, std::vector<Middleware> chain) {
  Path& path = path_for(pattern);
  assert(std::ranges::none_of(path.routes, [method](const Route& route) { return route.method == method; }));
  chain.insert(chain.begin(), common_.begin(), common_.end());
  path.routes.push_back({method, std::move(handler), std::move(chain)});
  path.allow.clear();
  for (const Method known :
       {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::remove, Method::options}) {
    if (path.find(known) == nullptr) continue;
    if (!path.allow.empty()) path.allow += ", ";
    path.allow += method_name(known);
  }
}

void Router::wrap(const Middleware& middleware) {
  const auto wrap_routes = [&middleware](Path& path) {
    for (Route& route : path.routes) route.chain.insert(route.chain.begin(), middleware);
  };
  for (Path& path : written_out_) wrap_routes(path);
  for (Path& path : with_parameters_) wrap_routes(path);
}

const Router::Path* Router::find_path(Request& request) const {
  const auto written_out = std::ranges::lower_bound(written_out_, request.path, stands_before, &Path::pattern);
  if (written_out != written_out_.end() && written_out->pattern == request.path) return &*written_out;
  for (const Path& path : with_parameters_) {
    if (path.match(request)) return &path;
  }
  return nullptr;
}

Task<Response> Router::dispatch(Request& request) const {
  const Path* path = find_path(request);
  if (path == nullptr) return answer_not_found();
  const Route* route = path->find(request.method);
  if (route == nullptr) return answer_not_allowed(path->allow);
  return Next(route->chain, route->handler)(request);
}

}  // namespace gauntlet::http
