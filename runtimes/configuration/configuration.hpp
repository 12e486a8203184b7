// What a configuration file sets.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "runtimes/contract/config.hpp"
#include "runtimes/recovery/config.hpp"

namespace gauntlet {

struct Configuration {
  RuntimeConfig runtime = {};
  recovery::RecoveryConfig recovery = {};
  std::vector<std::string> given = {};  ///< keys that the file has, as "section.key"

  bool gives(std::string_view key) const;
};

/// Reads TOML; see config_keys() for what it may say. `name` is what errors call it, `cores` what worker_threads counts
/// from. The error is one sentence with file, line and key; of an unknown key with near matches.
std::expected<Configuration, std::string> parse_configuration(std::string_view text, const std::string& name,
                                                              std::uint32_t cores);

/// The same for a file. `cores`: 0 stands for the CPUs that the calling thread may use.
std::expected<Configuration, std::string> load_configuration(const std::filesystem::path& file,
                                                             std::uint32_t cores = 0);

/// "4", "auto", "cores", "cores*2" or "cores+2" as a number of threads. The error says what it may be.
std::expected<std::uint32_t, std::string> parse_worker_threads(std::string_view text, std::uint32_t cores);

}  // namespace gauntlet
