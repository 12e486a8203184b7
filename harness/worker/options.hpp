// The command line of gauntlet-worker.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "harness/worker/message.hpp"

namespace gauntlet {

struct WorkerOptions {
  std::string scenario;
  std::string runtime;  ///< of the registry, or a reference of the scenario
  std::uint16_t port = 0;
  std::string config;  ///< a configuration file; empty: the defaults
  int message_fd = kMessageFd;
  bool help = false;
  std::string probe;  ///< a runtime: nothing is served, only said whether it can be had
  std::map<std::string, std::string> params;
};

/// Without the program's name. The error is one sentence.
std::expected<WorkerOptions, std::string> parse_worker_options(std::span<const char* const> arguments);
/// The other way round.
std::vector<std::string> worker_arguments(const WorkerOptions& options);

}  // namespace gauntlet
