// File operations as calls on the blocking pool, for runtimes whose kernel interface knows no files.
#pragma once

#include "runtimes/contract/runtime.hpp"

namespace gauntlet {

class FileOp;

/// Runtime::submit() of a file operation. `owner`: whom tasks and files belong to.
Submitted submit_to_pool(FileOp& op, Runtime& owner) noexcept;

/// The same for an operation that FileOp::begin() has let pass.
Submitted call_on_pool(FileOp& op, Runtime& owner) noexcept;

/// Runtime::cancel() of one of those.
void cancel_on_pool(FileOp& op) noexcept;

}  // namespace gauntlet
