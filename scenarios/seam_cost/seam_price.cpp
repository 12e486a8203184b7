#include "scenarios/seam_cost/seam_price.hpp"

#include "scenarios/scheduling/repetition.hpp"
#include "scenarios/seam_cost/bare_runtime.hpp"

namespace gauntlet {

namespace {

constexpr std::uint64_t batch = 10'000;

/// What the compiler must not know: otherwise it sees which class this is, and calls directly.
Runtime& unknown(BareRuntime& runtime) noexcept {
  Runtime* seen = &runtime;
  asm volatile("" : "+r"(seen));
  return *seen;
}

/// Schedules itself anew until it has run often enough.
template <typename Loop>
class Rescheduled final : public Job {
 public:
  explicit Rescheduled(Loop& loop) noexcept : Job(&run_again), loop_(loop) {}
  void begin() noexcept {
    left_ = batch;
    loop_.schedule(*this);
  }
  std::uint64_t left() const noexcept { return left_; }

 private:
  static void run_again(Job& job) noexcept {
    auto& self = static_cast<Rescheduled&>(job);
    if (--self.left_ > 0) self.loop_.schedule(self);
  }
  Loop& loop_;
  std::uint64_t left_ = 0;
};

/// The same for an operation; a timer stands for any.
template <typename Loop>
class Resubmitted final : public TimerOp {
 public:
  explicit Resubmitted(Loop& loop) noexcept : TimerOp({}, &run_again), loop_(loop) {}
  void begin() noexcept {
    left_ = batch;
    in_flight = loop_.submit(*this) == Submitted::pending;
  }
  std::uint64_t left() const noexcept { return left_; }

 private:
  static void run_again(Job& job) noexcept {
    auto& self = static_cast<Resubmitted&>(job);
    self.in_flight = false;
    if (--self.left_ > 0) self.in_flight = self.loop_.submit(self) == Submitted::pending;
  }
  Loop& loop_;
  std::uint64_t left_ = 0;
};

struct BothWays {
  double direct_ns = 0, through_seam_ns = 0;
};

template <template <typename> typename Repeated>
BothWays measure(std::chrono::nanoseconds budget, std::uint64_t& wrong) {
  BareLoop loop;
  BareRuntime bare;
  Runtime& runtime = unknown(bare);
  Repeated<BareLoop> directly(loop);
  Repeated<Runtime> through_seam(runtime);
  // As inside a runtime: a worker of it calls.
  const WorkerScope scope(bare.worker());
  Repetition direct(budget), seam(budget);
  while (direct.next()) {
    directly.begin();
    while (loop.run_one()) {
    }
    direct.done(batch);
    seam.next();
    through_seam.begin();
    runtime.poll_once();
    seam.done(batch);
    wrong += directly.left() + through_seam.left();
  }
  return {direct.median_ns(), seam.median_ns()};
}

}  // namespace

SeamPrice measure_seam(std::chrono::nanoseconds budget) {
  SeamPrice price;
  const BothWays schedule = measure<Rescheduled>(budget / 2, price.wrong);
  const BothWays submit = measure<Resubmitted>(budget / 2, price.wrong);
  price.schedule_direct_ns = schedule.direct_ns;
  price.schedule_through_seam_ns = schedule.through_seam_ns;
  price.submit_direct_ns = submit.direct_ns;
  price.submit_through_seam_ns = submit.through_seam_ns;
  return price;
}

}  // namespace gauntlet
