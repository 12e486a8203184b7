// What a record of a runtime knows of where it belongs.
#pragma once

#include <cstdint>

namespace gauntlet {

class Runtime;

/// A record that belongs to one worker of one runtime.
class HomeBound {
 public:
  HomeBound(const HomeBound&) = delete;
  HomeBound& operator=(const HomeBound&) = delete;

  Runtime& runtime() const noexcept { return *runtime_; }
  /// Index of the home worker.
  std::uint16_t home() const noexcept { return home_; }
  /// The calling thread may submit on it.
  bool is_home() const noexcept;

 protected:
  HomeBound(Runtime& owner, std::uint16_t home) noexcept : runtime_(&owner), home_(home) {}
  ~HomeBound() = default;

 private:
  Runtime* runtime_;
  std::uint16_t home_;
};

}  // namespace gauntlet
