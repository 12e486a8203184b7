// The core as a device has it: built without exceptions and run-time types, linked with the C library alone, which is
// there to start it and to say how it ended. Each line that fails has its number for an exit code.
#include "runtimes/fallback/core/core.hpp"
#include "runtimes/fallback/core/routine.hpp"

namespace {

using namespace gauntlet::fallback;

/// Time passes only when it is slept away.
struct Device {
  Instant time = 0;
  int sleeps = 0;
  Instant now() const { return time; }
  bool sleep_until(Instant deadline) {
    if (deadline == never) return false;
    time = deadline;
    ++sleeps;
    return true;
  }
};

Routine step(Core& core, int& steps) {
  co_await sleep_for(core, 1'000);
  ++steps;
}

Routine three_steps(Core& core, int& steps) {
  for (int i = 0; i < 3; ++i) {
    if (co_await step(core, steps) != Status::ok) co_return;
  }
}

Routine wait_for(Core&, Event& event) { co_await event; }

struct TooLarge {
  unsigned char bytes[2'000];
};
Routine carry(Core&, TooLarge load, int& sum) {
  co_await yield();
  for (unsigned char byte : load.bytes) sum += byte;
}

#define CHECK(condition) \
  if (!(condition)) return __LINE__ % 250 + 1

int check() {
  CoreWithArena<> with_arena;
  Core& core = *with_arena;
  Device device;
  int steps = 0;
  CHECK(block_on(core, three_steps(core, steps), device) == Status::ok);
  CHECK(steps == 3 && device.time == 3'000 && device.sleeps == 3);
  Event event;
  for (unsigned i = 0; i < most_tasks; ++i) CHECK(core.spawn(wait_for(core, event)) == Status::ok);
  CHECK(core.spawn(wait_for(core, event)) == Status::out_of_resources);
  CHECK(core.poll_once(device.now()).ran == most_tasks);
  event.happen();
  CHECK(core.poll_once(device.now()).ran == most_tasks && core.live_tasks() == 0);
  CHECK(core.spawn(carry(core, TooLarge{}, steps)) == Status::out_of_resources);
  core.stop();
  CHECK(core.spawn(three_steps(core, steps)) == Status::not_running);
  return 0;
}

}  // namespace

int main() { return check(); }
