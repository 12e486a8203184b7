// One subject: a scenario's serve() inside a runtime, or one of its references without any.
#pragma once

#include <string_view>

#include "harness/worker/message_pipe.hpp"
#include "runtimes/configuration/configuration.hpp"
#include "runtimes/contract/registry.hpp"
#include "scenarios/scenario.hpp"

namespace gauntlet {

struct ServeOptions {
  const Scenario* scenario = nullptr;
  const Parameters* parameters = nullptr;
  std::uint16_t port = 0;
  Configuration config = {};  ///< of the runtime; the scenario's parameters come before it
  int control_fd = 0;
};

/// Runs until serve() ends or the harness says stop; then the runtime is gone. Returns the exit code of the process,
/// and has told the harness all there is to tell. Calling thread: the one that the runtime is to run on.
int serve_on_runtime(const ServeOptions& options, const RuntimeEntry& entry, MessagePipe& pipe);

/// The same for `reference`, a name of the scenario's info().references.
int serve_as_reference(const ServeOptions& options, std::string_view reference, MessagePipe& pipe);

}  // namespace gauntlet
