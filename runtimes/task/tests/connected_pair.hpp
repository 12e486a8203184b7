// Two ends of a connection in one task, for tests that look below them.
#pragma once

#include <system_error>
#include <type_traits>
#include <utility>

#include "runtimes/task/io.hpp"
#include "runtimes/task/task.hpp"

namespace gauntlet::fixtures {

/// The value; an error ends the test's task.
template <typename T>
T must(Result<T> result) {
  if (!result.has_value()) throw std::system_error(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

struct Pair {
  Socket near;
  Socket far;
};

inline Task<Pair> connected_pair(Listener& listener) {
  Socket near = must(co_await connect(must(listener.local_endpoint())));
  Socket far = must(co_await listener.accept());
  co_return Pair{std::move(near), std::move(far)};
}

inline Task<Pair> connected_pair() {
  Listener listener = must(listen(Endpoint::loopback(0)));
  co_return co_await connected_pair(listener);
}

}  // namespace gauntlet::fixtures
