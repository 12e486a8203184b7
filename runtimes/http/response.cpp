#include "runtimes/http/response.hpp"

#include <cassert>

namespace gauntlet::http {

void Response::add_header(std::string_view name, std::string_view value) {
  assert(name.find_first_of("\r\n:") == std::string_view::npos &&
         value.find_first_of("\r\n") == std::string_view::npos);
  header_lines_.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace gauntlet::http
