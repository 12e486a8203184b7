// Memory for one object whose life begins and ends by hand.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace gauntlet {

/// Trivially destructible whatever T is. Its user knows whether there is an object, and ends it.
template <typename T>
class ManualLifetime {
 public:
  template <typename... Arguments>
  T& begin(Arguments&&... arguments) {
    return *new (bytes_) T(std::forward<Arguments>(arguments)...);
  }
  T& get() noexcept { return *std::launder(reinterpret_cast<T*>(bytes_)); }
  void end() noexcept { std::destroy_at(&get()); }

 private:
  alignas(T) std::byte bytes_[sizeof(T)];
};

}  // namespace gauntlet
