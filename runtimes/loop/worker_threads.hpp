// The threads of a runtime with several workers.
#pragma once

#include <cstddef>
#include <functional>

namespace gauntlet {

/// Runs `drive(i)` for every i below `count`, each on a thread of its own, drive(0) on the calling one; returns when
/// all have returned. None begins before all threads are there, which `all_there` announces on the calling thread.
/// Throws std::system_error if a thread cannot be had; then none has begun.
void run_on_threads(std::size_t count, const std::function<void()>& all_there,
                    const std::function<void(std::size_t)>& drive);

}  // namespace gauntlet
