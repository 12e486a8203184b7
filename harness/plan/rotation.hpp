// In which order the contenders of a round run.
#pragma once

#include <cstddef>
#include <vector>

namespace gauntlet {

/// A permutation of 0 to count-1 for the round. Over `count` rounds each contender takes each position once and, where
/// their number is even, follows each other one exactly once (a Williams design), so that neither time nor a
/// neighbour's heat favours anybody. With fewer rounds than contenders the positions that one takes are all different
/// and spread out.
std::vector<std::size_t> rotated_order(std::size_t count, int round, int rounds);

}  // namespace gauntlet
