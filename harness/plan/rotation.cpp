#include "harness/plan/rotation.hpp"

#include <cassert>

namespace gauntlet {

std::vector<std::size_t> rotated_order(std::size_t count, int round, int rounds) {
  assert(count > 0 && round >= 0 && round < rounds && "a round of a bench that compares something");
  const auto turn = static_cast<std::size_t>(round), turns = static_cast<std::size_t>(rounds);
  const std::size_t shift = turns < count ? turn * count / turns : turn % count;
  std::vector<std::size_t> order;
  for (std::size_t position = 0; position < count; ++position) {
    // 0, n-1, 1, n-2, ...: the steps between neighbours are all different, which is what balances them.
    const std::size_t zigzag = position % 2 == 0 ? position / 2 : count - (position + 1) / 2;
    order.push_back((zigzag + shift) % count);
  }
  return order;
}

}  // namespace gauntlet
