// What it costs to come past a failpoint while none is armed.
#pragma once

namespace gauntlet {

/// Nanoseconds for each: a loop that comes past one in every turn, against the same loop without. The least of several
/// tries each. Not below 0. Blocks for a few milliseconds.
double failpoint_off_ns();

}  // namespace gauntlet
