// Whether two unpaired samples come from one distribution, by ranks.
#pragma once

#include <span>

namespace gauntlet {

struct MannWhitney {
  double u = 0;        ///< pairs (x of a, y of b) with x > y; ties count half
  double p = 1;        ///< two-sided
  bool exact = false;  ///< counted over all arrangements, not approximated
};

/// Exact without ties up to kMostForExact values a side, else the normal approximation with corrections for ties and
/// continuity (Mann and Whitney, Annals of Mathematical Statistics 18, 1947). Neither side may be empty (asserted).
/// Infinities are ordinary values; NaN is not allowed.
MannWhitney mann_whitney(std::span<const double> a, std::span<const double> b);

inline constexpr std::size_t kMostForExact = 30;

}  // namespace gauntlet
