#include "runtimes/loop/plant.hpp"

#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>

#include "runtimes/contract/runtime.hpp"

namespace gauntlet {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// A send that waits for its timer.
class Plant::Late final : public TimerOp {
 public:
  Late(Plant& plant, Op& send, Clock::time_point when) noexcept
      : TimerOp(when, &Late::release), plant_(plant), send_(send) {}

 private:
  static void release(Job& job) noexcept {
    auto* self = static_cast<Late*>(&job);
    Plant& plant = self->plant_;
    Op& send = self->send_;
    delete self;
    plant.releases_ = true;
    const Submitted submitted = plant.runtime_.submit(send);
    plant.releases_ = false;
    if (submitted == Submitted::done) send.run(send);
  }

  Plant& plant_;
  Op& send_;
};

struct Plant::Leak {
  Leak* previous;
};

std::expected<PlantSettings, std::string> plant_named(std::string_view name, std::int64_t request_ns) {
  if (name == "syscall") return PlantSettings{.system_call = true};
  if (name == "tail2ms") return PlantSettings{.late = 2ms};
  if (name == "idle1khz") return PlantSettings{.tick = 1ms};
  if (name == "leak64") return PlantSettings{.leak_bytes = 64};
  const int percent = name == "cpu3" ? 3 : name == "cpu5" ? 5 : name == "cpu10" ? 10 : 0;
  if (percent == 0) {
    return std::unexpected(
        fmt::format("there is no plant '{}'; known are: cpu3, cpu5, cpu10, syscall, tail2ms, idle1khz, leak64", name));
  }
  if (request_ns <= 0) return std::unexpected(fmt::format("{} needs the cost of a request, in nanoseconds", name));
  return PlantSettings{.spin = std::chrono::nanoseconds(request_ns * percent / 100)};
}

Plant::Plant(Runtime& runtime, const PlantSettings& settings) noexcept
    : runtime_(runtime), settings_(settings), ticker_(Clock::time_point(), &Plant::tick) {
  ticker_.owner = this;
}

void Plant::start() noexcept {
  if (settings_.tick == 0ns) return;
  ticker_.deadline = Clock::now() + settings_.tick;
  runtime_.submit(ticker_);
}

void Plant::tick(Job& job) noexcept { static_cast<Plant*>(static_cast<TimerOp&>(job).owner)->start(); }

bool Plant::holds_back(Op& op) noexcept {
  if (releases_) return false;
  ++requests_;
  burn();
  // Not through the C library, which may remember the answer.
  if (settings_.system_call) syscall(SYS_getppid);
  if (settings_.leak_bytes > 0) leak();
  if (settings_.late == 0ns || requests_ % kLateOneIn != 0) return false;
  runtime_.submit(*new Late(*this, op, Clock::now() + settings_.late));
  return true;
}

void Plant::burn() const noexcept {
  if (settings_.spin == 0ns) return;
  const auto end = Clock::now() + settings_.spin;
  while (Clock::now() < end) {
  }
}

void Plant::leak() noexcept {
  assert(settings_.leak_bytes >= sizeof(Leak) && "the leak holds its link");
  auto* memory = static_cast<std::byte*>(operator new(settings_.leak_bytes));
  // Written to, or it would take no memory.
  std::fill_n(memory, settings_.leak_bytes, std::byte{1});
  leaks_ = new (memory) Leak{leaks_};
  leaked_bytes_ += settings_.leak_bytes;
}

#ifdef GAUNTLET_PLANT
Plant& plant_of(Runtime& runtime) noexcept {
  static Plant plant = [&runtime] {
    const auto settings = plant_named(GAUNTLET_PLANT, GAUNTLET_PLANT_REQUEST_NS);
    assert(settings && "CMake looked at the name");
    return Plant(runtime, *settings);
  }();
  return plant;
}
#endif

}  // namespace gauntlet
