// A bench in which everything went as badly as it can, with names that hold markup.
#pragma once

#include "harness/stats/summary.hpp"

namespace gauntlet::fixtures {

inline constexpr const char* kOddCell = "load/<b>&\"odd\", |x|";

/// Cell "load/echo": single_loop (ok, both arms, six rounds), libuv (skipped), asio (crashed), io_uring (invalid) and
/// the floor. Cell "busy_wait/idle": single_loop broke a must, busy_wait was caught as it should be. Cell kOddCell:
/// one runtime, one round.
Summary troubled_summary();

}  // namespace gauntlet::fixtures
