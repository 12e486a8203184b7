// Slow-downs that are planted on purpose, so that a gate can be shown to find them (ci/evidence). CMake's
// GAUNTLET_PLANT names one for single_loop; without it nothing of this is in any program.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "runtimes/contract/op.hpp"

namespace gauntlet {

class Runtime;

#ifdef GAUNTLET_PLANT
inline constexpr bool kPlanted = true;
#else
inline constexpr bool kPlanted = false;
#endif

struct PlantSettings {
  std::chrono::nanoseconds spin{};  ///< CPU that every request burns
  bool system_call = false;         ///< one more for every request
  std::chrono::nanoseconds late{};  ///< that one request in kLateOneIn is held back
  std::chrono::nanoseconds tick{};  ///< period of a timer that nobody needs
  std::size_t leak_bytes = 0;       ///< for every request
  bool operator==(const PlantSettings&) const = default;
};

/// cpu3, cpu5, cpu10: so many per cent of `request_ns`, the CPU time of a request as the machine at hand measures it;
/// syscall, tail2ms, idle1khz, leak64. The error names what is known.
std::expected<PlantSettings, std::string> plant_named(std::string_view name, std::int64_t request_ns);

/// On one runtime of one worker. A request is a send, since a server sends once for each.
class Plant {
 public:
  static constexpr std::uint64_t kLateOneIn = 50;

  /// The runtime outlives it, or is not run any more.
  Plant(Runtime& runtime, const PlantSettings& settings) noexcept;

  /// When the runtime begins to run, on its worker.
  void start() noexcept;

  /// For each SendOp that is submitted, before that is looked at. True: it is pending, and comes back to submit() of
  /// its own accord. Whoever closes the socket meanwhile loses.
  bool holds_back(Op& op) noexcept;

  std::size_t leaked_bytes() const noexcept { return leaked_bytes_; }

 private:
  class Late;
  struct Leak;
  static void tick(Job& job) noexcept;
  void burn() const noexcept;
  void leak() noexcept;

  Runtime& runtime_;
  const PlantSettings settings_;
  TimerOp ticker_;
  std::uint64_t requests_ = 0;
  bool releases_ = false;  ///< what is submitted now has been held back already
  Leak* leaks_ = nullptr;  ///< reachable, so that no leak checker takes it for a mistake
  std::size_t leaked_bytes_ = 0;
};

/// What this build plants in a runtime; for builds with a plant alone. One runtime a process, the first that asks.
Plant& plant_of(Runtime& runtime) noexcept;

}  // namespace gauntlet
