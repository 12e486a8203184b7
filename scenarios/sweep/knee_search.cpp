#include "scenarios/sweep/knee_search.hpp"

#include <algorithm>
#include <cassert>

namespace gauntlet {

namespace {

constexpr int most_refusals = 3;

}  // namespace

KneeSearch::KneeSearch(double first, double resolution, double least, double most)
    : resolution_(resolution), least_(least), most_(most), rate_(std::clamp(first, least, most)) {
  assert(resolution > 0 && least > 0 && least <= most);
}

std::optional<double> KneeSearch::next() const { return over_ ? std::nullopt : std::optional(rate_); }

void KneeSearch::tried(bool held) {
  assert(!over_ && "the search has ended");
  if (!held && ++refusals_ < most_refusals) return;
  refusals_ = 0;
  (held ? held_ : failed_) = rate_;
  move_on();
}

void KneeSearch::move_on() {
  if (!failed_) {
    over_ = *held_ >= most_;
    rate_ = std::min(2 * *held_, most_);
  } else if (!held_) {
    over_ = *failed_ <= least_;
    rate_ = std::max(*failed_ / 2, least_);
  } else {
    over_ = *failed_ - *held_ <= resolution_ * *failed_;
    rate_ = (*held_ + *failed_) / 2;
  }
}

}  // namespace gauntlet
