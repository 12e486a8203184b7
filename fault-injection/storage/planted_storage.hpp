// A storage, used as a program with a bug would use it.
#pragma once

#include <memory>

#include "fault-injection/storage/planted_bug.hpp"
#include "runtimes/recovery/storage/storage.hpp"

namespace gauntlet {

/// Does no harm where the bug is not one of storages.
std::unique_ptr<recovery::Storage> plant(PlantedBug bug, std::unique_ptr<recovery::Storage> under);

}  // namespace gauntlet
