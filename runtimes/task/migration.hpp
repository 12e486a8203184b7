// How a task that any worker may resume suspends, completes and is cancelled, when three workers do so at once.
//
// One atomic word per task holds its state and who is busy with it:
//   suspending   a worker is inside start(): the operation may complete elsewhere before submit() has returned
//   completed    it has: the busy one schedules the resumption when it leaves, instead of the completer
//   cancelling   a worker is inside Runtime::cancel for the pending operation, which must not go away meanwhile
//   cancel       cancellation was asked for; whoever resumes the task drops it
// A completion that finds `suspending` or `cancelling` leaves `completed` behind and goes away; a cancellation that
// finds `suspending` leaves `cancel` behind, which the suspending worker acts upon. So nobody waits for anybody, and
// the frame is resumed only when no other worker is inside it.
//
// Tasks that stay on one worker know nothing of this: for them the word is a plain store of the state.
#pragma once

#include <atomic>
#include <cstdint>

#include "runtimes/task/core.hpp"

namespace gauntlet::migration {

inline constexpr std::uint8_t completed = 0x08;
inline constexpr std::uint8_t cancelling = 0x10;
inline constexpr std::uint8_t cancel = 0x20;
inline constexpr std::uint8_t suspending = 0x40;
inline constexpr std::uint8_t ready_word = static_cast<std::uint8_t>(TaskState::ready);
inline constexpr std::uint8_t running_word = static_cast<std::uint8_t>(TaskState::running);
inline constexpr std::uint8_t waiting_word = static_cast<std::uint8_t>(TaskState::waiting);

/// Replaces the bits `from`, which are set, by `to`, whatever happens to the others meanwhile.
inline void change_word(TaskShared& task, std::uint8_t from, std::uint8_t to) noexcept {
  task.word.fetch_xor(static_cast<std::uint8_t>(from ^ to), std::memory_order_acq_rel);
}

}  // namespace gauntlet::migration
