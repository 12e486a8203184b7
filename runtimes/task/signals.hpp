// Signals of the process, as a task takes them.
#pragma once

#include <csignal>
#include <cstdint>
#include <initializer_list>
#include <utility>

#include "runtimes/contract/error.hpp"
#include "runtimes/task/task.hpp"

namespace gauntlet {

namespace detail {
struct SignalPipe;
}

/// While it exists, these signals do not have their usual effect: they wait here, in the order they came, until a task
/// takes them. A handler writes each into a pipe (D. J. Bernstein's self-pipe), so it does not matter which thread the
/// kernel chooses, nor which threads there are. Of one that is raised again before it was taken, some may be left out,
/// as with signals in general; the first of them never is.
///
/// Belongs to the process, not to a runtime: made and destroyed on any thread, also outside of tasks. Destroying it
/// restores what the signals did before.
class Signals {
 public:
  /// EBUSY: another one has one of these signals. EINVAL: one that no process may catch.
  static Result<Signals> open(std::initializer_list<int> numbers);

  Signals(Signals&& other) noexcept
      : pipe_(std::exchange(other.pipe_, nullptr)), numbers_(std::exchange(other.numbers_, 0)) {}
  Signals& operator=(Signals&&) = delete;
  ~Signals();

  /// The number of the next signal. One task at a time.
  Task<Result<int>> next();

 private:
  explicit Signals(detail::SignalPipe& pipe) noexcept : pipe_(&pipe) {}
  void give_up() noexcept;
  bool has(int number) const noexcept { return (numbers_ >> number & 1) != 0; }

  detail::SignalPipe* pipe_;
  std::uint64_t numbers_ = 0;  ///< a bit for each signal that is caught
};

}  // namespace gauntlet
