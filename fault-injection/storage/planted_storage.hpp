// Wrong ways to use a storage, to show that an oracle catches them.
#pragma once

#include <memory>

#include "runtimes/recovery/storage/storage.hpp"

namespace gauntlet {

enum class PlantedBug {
  none,
  no_sync,              ///< data are never synchronised
  late_sync,            ///< acknowledged before the commit: data are synchronised at the next write
  sync_retried,         ///< a failed synchronisation is tried again
  sync_error_ignored,   ///< a failed synchronisation counts as one
  no_directory_sync,    ///< names are never synchronised
  visible_before_sync,  ///< a segment is renamed into place with its header not yet durable
  short_write_ignored   ///< what a write did not write is forgotten
};

/// `under`, used as a program with this bug would use it.
std::unique_ptr<recovery::Storage> plant(PlantedBug bug, std::unique_ptr<recovery::Storage> under);

}  // namespace gauntlet
