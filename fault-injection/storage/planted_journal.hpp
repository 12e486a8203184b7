// A journal, used as a program with a bug would use it.
#pragma once

#include <memory>

#include "fault-injection/storage/planted_bug.hpp"
#include "runtimes/recovery/journal/journal.hpp"

namespace gauntlet {

/// `under` itself where the bug is not one of journals.
std::unique_ptr<recovery::Journal> plant(PlantedBug bug, std::unique_ptr<recovery::Journal> under);

}  // namespace gauntlet
