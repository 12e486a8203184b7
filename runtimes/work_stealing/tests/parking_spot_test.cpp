#include "runtimes/work_stealing/parking_spot.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace gauntlet {
namespace {

TEST(ParkingSpot, DoesNotSleepWhenItWasWokenAfterPrepare) {
  ParkingSpot spot;
  const std::uint32_t ticket = spot.prepare();
  spot.wake();
  spot.wait(ticket, std::nullopt);
}

TEST(ParkingSpot, SleepsNoLongerThanUntilItsDeadline) {
  ParkingSpot spot;
  const auto deadline = ParkingSpot::Clock::now() + std::chrono::milliseconds(2);
  while (ParkingSpot::Clock::now() < deadline) spot.wait(spot.prepare(), deadline);
  EXPECT_GE(ParkingSpot::Clock::now(), deadline);
  spot.wait(spot.prepare(), ParkingSpot::Clock::time_point::min());
}

TEST(ParkingSpot, IsWokenByAnotherThreadEachTime) {
  ParkingSpot spot;
  constexpr int rounds = 2'000;
  std::atomic<int> asked{0};
  std::atomic<int> served{0};
  std::thread sleeper([&] {
    while (served.load() < rounds) {
      const std::uint32_t ticket = spot.prepare();
      if (asked.load() > served.load()) {
        served.fetch_add(1);
        continue;
      }
      spot.wait(ticket, std::nullopt);
    }
  });
  for (int i = 0; i < rounds; ++i) {
    asked.fetch_add(1);
    spot.wake();
    while (served.load() <= i) std::this_thread::yield();
  }
  sleeper.join();
  EXPECT_EQ(served.load(), rounds);
}

}  // namespace
}  // namespace gauntlet
