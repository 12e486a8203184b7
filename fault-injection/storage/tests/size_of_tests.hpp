// Instrumented code takes fifty times as long, so it does less.
#pragma once

namespace gauntlet {

#ifdef __OPTIMIZE__
inline constexpr bool is_optimised = true;
#else
inline constexpr bool is_optimised = false;
#endif

}  // namespace gauntlet
