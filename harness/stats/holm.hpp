// Many metrics judged at once: one in twenty would differ by chance alone.
#pragma once

#include <span>
#include <vector>

namespace gauntlet {

/// p-values adjusted by Holm's step-down procedure (Scandinavian Journal of Statistics 6, 1979), in the order given: to
/// call those at most alpha significant is wrong about any of them with probability alpha at most, however the metrics
/// depend on one another.
std::vector<double> holm(std::span<const double> p);

}  // namespace gauntlet
