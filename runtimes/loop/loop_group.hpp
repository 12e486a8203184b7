// The loops of one runtime, as each of them sees the others.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "runtimes/contract/runtime.hpp"

namespace gauntlet {

/// Constant while any of the loops runs, but for the flag.
template <typename Loop>
struct LoopGroup {
  Runtime* whole = nullptr;
  Dispatcher* dispatcher = nullptr;
  bool hands_on = false;  ///< an accepted socket goes to the loop that the dispatcher chooses
  std::atomic<bool> stop_requested{false};
  std::vector<std::unique_ptr<Loop>> loops;
};

}  // namespace gauntlet
