// Finding the highest rate at which something still holds.
#pragma once

#include <optional>

namespace gauntlet {

/// Doubles the rate while it holds (halves it while it does not), then bisects between the highest rate that held and
/// the lowest that did not, until they are within the resolution. A rate counts as not held when it was asked three
/// times and never held: a hiccup of the machine breaks a tail, and nothing but the subject mends it.
class KneeSearch {
 public:
  /// `resolution`: share of the knee, above 0. Rates stay within `least` and `most`.
  KneeSearch(double first, double resolution, double least, double most);

  /// The rate to try now; nothing when the knee is known, or when there is none.
  std::optional<double> next() const;
  /// What came of next().
  void tried(bool held);

  /// The highest rate that held. Nothing when none did.
  std::optional<double> knee() const { return held_; }
  /// It held at `most`: the knee is there or beyond.
  bool open_ended() const { return held_ && *held_ >= most_; }

 private:
  void move_on();

  const double resolution_, least_, most_;
  double rate_;
  int refusals_ = 0;  ///< of this rate
  bool over_ = false;
  std::optional<double> held_, failed_;
};

}  // namespace gauntlet
