// The heads that nearly all requests have, read at sight.
#pragma once

#include <cstddef>
#include <string_view>

#include "runtimes/http/request.hpp"

namespace gauntlet::http {

/// Reads the head that `input` begins with, if it is a plain one: GET or HEAD of a path, HTTP/1.1, one Host, nothing
/// but printable ASCII, and no header that speaks of a body or of the connection, except "Connection: keep-alive".
/// Gives its size with the blank line, and fills in `request`. 0: it is none, or not all of it is there; then `request`
/// holds what is to be cleared, and the parser decides.
///
/// What is plain is a subset of what the parser takes, and means the same. So whatever can be refused, and whatever two
/// servers could understand in two ways, has the parser as its one judge. Tests hold the two against each other.
std::size_t read_plain_head(std::string_view input, Request& request);

}  // namespace gauntlet::http
