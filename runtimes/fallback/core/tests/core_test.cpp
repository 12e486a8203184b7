#include "runtimes/fallback/core/core.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "runtimes/fallback/core/routine.hpp"
#include "runtimes/fallback/core/sleeping_owner.hpp"

namespace gauntlet::fallback {
namespace {

using testing::ElementsAre;

/// Counts its destruction.
class Guard {
 public:
  explicit Guard(int& gone) noexcept : gone_(&gone) {}
  Guard(Guard&& other) noexcept : gone_(std::exchange(other.gone_, nullptr)) {}
  Guard& operator=(Guard&&) = delete;
  ~Guard() {
    if (gone_ != nullptr) ++*gone_;
  }

 private:
  int* gone_;
};

/// Its time passes only when it is slept away.
struct TestOwner {
  Instant time = 0;
  int sleeps = 0;
  int asked = 0;  ///< once in each turn
  Instant now() {
    ++asked;
    return time;
  }
  bool sleep_until(Instant deadline) {
    if (deadline == never) return false;
    time = deadline;
    ++sleeps;
    return true;
  }
};

class CoreTest : public testing::Test {
 protected:
  CoreWithArena<256, 2 * most_tasks> arena_;
  Core& core = *arena_;
  TestOwner owner;
};

Routine note(Core&, std::vector<int>& notes, int number) {
  notes.push_back(number);
  co_return;
}

Routine note_twice(Core&, std::vector<int>& notes, int number) {
  notes.push_back(number);
  co_await yield();
  notes.push_back(number + 100);
}

Routine sleeper(Core& core, Instant until, std::vector<int>& notes, int number) {
  co_await sleep_until(core, until);
  notes.push_back(number);
}

Routine waiter(Core&, Event& event, int& woken) {
  co_await event;
  ++woken;
}

Routine guarded(Core&, Guard, Event& event) { co_await event; }

TEST_F(CoreTest, RunsNothingInsideSpawnAndThenInTheOrderOfSpawning) {
  std::vector<int> notes;
  for (int i = 0; i < 4; ++i) EXPECT_EQ(core.spawn(note(core, notes, i)), Status::ok);
  EXPECT_TRUE(notes.empty());
  const Turn turn = core.poll_once(0);
  EXPECT_THAT(notes, ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(turn.ran, 4u);
  EXPECT_FALSE(turn.has_ready);
  EXPECT_EQ(turn.next_deadline, never);
}

TEST_F(CoreTest, ATurnRunsWhatWasReadyWhenItBegan) {
  std::vector<int> notes;
  for (int i = 0; i < 2; ++i) ASSERT_EQ(core.spawn(note_twice(core, notes, i)), Status::ok);
  EXPECT_TRUE(core.poll_once(0).has_ready);
  EXPECT_THAT(notes, ElementsAre(0, 1));
  EXPECT_FALSE(core.poll_once(0).has_ready);
  EXPECT_THAT(notes, ElementsAre(0, 1, 100, 101));
}

TEST_F(CoreTest, TellsTheNextDeadlineAndWakesSleepersInItsOrderAndNeverEarly) {
  std::vector<int> notes;
  const std::array<Instant, 4> deadlines{30, 10, 20, 10};
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(core.spawn(sleeper(core, deadlines[static_cast<std::size_t>(i)], notes, i)), Status::ok);
  }
  EXPECT_EQ(core.poll_once(0).next_deadline, 10);
  EXPECT_EQ(core.poll_once(9).ran, 0u);
  const Turn turn = core.poll_once(29);
  EXPECT_THAT(notes, ElementsAre(1, 3, 2));
  EXPECT_EQ(turn.next_deadline, 30);
  core.poll_once(30);
  EXPECT_THAT(notes, ElementsAre(1, 3, 2, 0));
}

TEST_F(CoreTest, TheThirtyThirdTaskIsOutOfResourcesUntilOneHasEnded) {
  Event event, last;
  int woken = 0;
  for (std::uint32_t i = 1; i < most_tasks; ++i) ASSERT_EQ(core.spawn(waiter(core, event, woken)), Status::ok);
  ASSERT_EQ(core.spawn(waiter(core, last, woken)), Status::ok);
  EXPECT_EQ(core.spawn(waiter(core, event, woken)), Status::out_of_resources);
  core.poll_once(0);
  EXPECT_EQ(core.spawn(waiter(core, event, woken)), Status::out_of_resources);
  last.happen();
  core.poll_once(0);
  EXPECT_EQ(core.live_tasks(), most_tasks - 1);
  EXPECT_EQ(core.spawn(waiter(core, event, woken)), Status::ok);
  event.happen();
  core.poll_once(0);
  EXPECT_EQ(woken, 33);
  EXPECT_EQ(core.live_tasks(), 0u);
}

struct TooLarge {
  std::array<char, 300> bytes{};
};

Routine carry(Core&, char& out) {
  TooLarge load;
  load.bytes.fill(out);
  co_await yield();
  out = load.bytes.back();
}

Routine await_carry(Core& core, Status& status) {
  char out = 0;
  status = co_await carry(core, out);
}

TEST_F(CoreTest, AFrameThatIsTooLargeIsOutOfResourcesSpawnedOrAwaited) {
  char out = 0;
  EXPECT_EQ(core.spawn(carry(core, out)), Status::out_of_resources);
  Status awaited = Status::ok;
  EXPECT_EQ(block_on(core, await_carry(core, awaited), owner), Status::ok);
  EXPECT_EQ(awaited, Status::out_of_resources);
}

Routine recurse(Core& core, int depth, int& reached, Status& end) {
  reached = depth;
  if (depth > 1'000) co_return;  // as many frames as there are not
  const Status status = co_await recurse(core, depth + 1, reached, end);
  if (status != Status::ok) end = status;
}

TEST_F(CoreTest, WithoutAFreeFrameAnAwaitedRoutineIsOutOfResourcesAndTheOthersGoOn) {
  int reached = 0;
  Status end = Status::ok;
  EXPECT_EQ(block_on(core, recurse(core, 1, reached, end), owner), Status::ok);
  EXPECT_EQ(reached, 64) << "as many as there are frames";
  EXPECT_EQ(end, Status::out_of_resources);
  std::vector<int> notes;
  EXPECT_EQ(block_on(core, note(core, notes, 1), owner), Status::ok) << "all frames are free again";
}

Routine three_sleeps(Core& core) {
  for (int i = 0; i < 3; ++i) co_await sleep_for(core, 1'000);
}

TEST_F(CoreTest, BlockOnSleepsUntilTheNextDeadlineAndNeverSpins) {
  EXPECT_EQ(block_on(core, three_sleeps(core), owner), Status::ok);
  EXPECT_EQ(owner.time, 3'000);
  EXPECT_EQ(owner.sleeps, 3);
  EXPECT_EQ(owner.asked, 4) << "a turn for the beginning and one for each deadline";
}

TEST_F(CoreTest, BlockOnSleepsOnARealClock) {
  SleepingOwner real;
  const Instant before = real.now();
  core.poll_once(before);
  EXPECT_EQ(block_on(core, three_sleeps(core), real), Status::ok);
  EXPECT_GE(real.now() - before, 3'000);
}

TEST_F(CoreTest, BlockOnSaysWhenItsRoutineWaitsForWhatCannotCome) {
  Event event;
  int gone = 0;
  EXPECT_EQ(block_on(core, guarded(core, Guard(gone), event), owner), Status::stalled);
  EXPECT_EQ(gone, 1);
  EXPECT_EQ(core.live_tasks(), 0u);
  event.happen();
  EXPECT_EQ(core.poll_once(0).ran, 0u) << "nobody waits for it any more";
}

TEST_F(CoreTest, BlockOnOfWhatIsRefusedSaysWhy) {
  char out = 0;
  EXPECT_EQ(block_on(core, carry(core, out), owner), Status::out_of_resources);
  core.stop();
  EXPECT_EQ(block_on(core, three_sleeps(core), owner), Status::not_running);
}

TEST_F(CoreTest, StopDropsEveryTaskAndRefusesTheNext) {
  Event event;
  int gone = 0;
  std::vector<int> notes;
  Outcome outcome = Outcome::pending;
  ASSERT_EQ(core.spawn(guarded(core, Guard(gone), event), &outcome), Status::ok);
  ASSERT_EQ(core.spawn(sleeper(core, 5, notes, 1)), Status::ok);
  core.poll_once(0);
  ASSERT_EQ(core.spawn(guarded(core, Guard(gone), event)), Status::ok);
  EXPECT_TRUE(core.is_running());
  core.stop();
  core.stop();
  EXPECT_FALSE(core.is_running());
  EXPECT_EQ(gone, 2);
  EXPECT_EQ(outcome, Outcome::dropped);
  EXPECT_EQ(core.spawn(guarded(core, Guard(gone), event)), Status::not_running);
  EXPECT_EQ(gone, 3) << "of what is refused nothing is kept";
  EXPECT_EQ(core.poll_once(10).ran, 0u);
  EXPECT_TRUE(notes.empty());
}

Routine stop_inside(Core& core, std::vector<int>& notes) {
  core.stop();
  notes.push_back(1);
  co_await yield();
  notes.push_back(2);
}

TEST_F(CoreTest, StopFromInsideATaskDropsAllAtTheEndOfItsTurn) {
  Event event;
  int gone = 0;
  std::vector<int> notes;
  ASSERT_EQ(core.spawn(guarded(core, Guard(gone), event)), Status::ok);
  core.poll_once(0);
  EXPECT_EQ(block_on(core, stop_inside(core, notes), owner), Status::not_running);
  EXPECT_THAT(notes, ElementsAre(1));
  EXPECT_EQ(gone, 1);
  EXPECT_EQ(core.live_tasks(), 0u);
}

TEST(Core, DropsItsTasksWithTheirAwaitedRoutinesAtItsEnd) {
  int gone = 0;
  Event event;
  std::vector<int> notes;
  {
    CoreWithArena<> arena;
    Core& core = *arena;
    struct Nested {
      Routine outer(Core& at, Guard, Event& awaited, int& count) { co_await guarded(at, Guard(count), awaited); }
    } nested;
    ASSERT_EQ(core.spawn(nested.outer(core, Guard(gone), event, gone)), Status::ok);
    ASSERT_EQ(core.spawn(sleeper(core, 100, notes, 1)), Status::ok);
    core.poll_once(0);
    EXPECT_EQ(gone, 0);
  }
  EXPECT_EQ(gone, 2);
}

TEST(Core, ARoutineThatNobodySpawnedGivesItsFrameBack) {
  CoreWithArena<256, 1> arena;
  std::vector<int> notes;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(note(*arena, notes, i)) << i;
  const Routine held = note(*arena, notes, 3);
  EXPECT_TRUE(held);
  EXPECT_FALSE(note(*arena, notes, 4)) << "there is one frame";
}

TEST(Core, WithoutAnArenaRunsJobsAndAlarmsOfOthers) {
  class Ring final : public Alarm {
   public:
    Ring() noexcept : Alarm(&ring) {}
    int rings = 0;

   private:
    static void ring(Job& job) noexcept { ++static_cast<Ring&>(job).rings; }
  };
  Core core;
  Ring now, later, cleared;
  later.deadline = cleared.deadline = 7;
  core.enqueue(now);
  core.set(later);
  core.set(cleared);
  core.clear(cleared);
  EXPECT_EQ(core.poll_once(6).ran, 1u);
  EXPECT_EQ(core.poll_once(7).ran, 1u);
  EXPECT_EQ(now.rings + later.rings, 2);
  EXPECT_EQ(cleared.rings, 0);
}

}  // namespace
}  // namespace gauntlet::fallback
