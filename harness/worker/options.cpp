#include "harness/worker/options.hpp"

#include <charconv>
#include <string_view>

namespace gauntlet {
namespace {

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

/// Empty when the option could be taken.
std::string take(WorkerOptions& options, std::string_view name, const std::string& value) {
  if (name == "--scenario") {
    options.scenario = value;
  } else if (name == "--runtime") {
    options.runtime = value;
  } else if (name == "--config") {
    options.config = value;
  } else if (name == "--port") {
    if (!read_number(value, options.port)) return "--port must be 0 to 65535, not '" + value + "'";
  } else if (name == "--message-fd") {
    if (!read_number(value, options.message_fd) || options.message_fd < 0) {
      return "--message-fd must be a descriptor, not '" + value + "'";
    }
  } else if (name == "-p") {
    const auto equals = value.find('=');
    if (equals == std::string::npos || equals == 0) return "-p takes NAME=VALUE, not '" + value + "'";
    options.params[value.substr(0, equals)] = value.substr(equals + 1);
  } else {
    return "unknown option '" + std::string(name) + "'; see gauntlet-worker --help";
  }
  return {};
}

}  // namespace

std::expected<WorkerOptions, std::string> parse_worker_options(std::span<const char* const> arguments) {
  WorkerOptions options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    if (name == "--help" || name == "-h") {
      options.help = true;
      return options;
    }
    if (i + 1 == arguments.size()) return std::unexpected("'" + std::string(name) + "' has no value");
    if (name == "--probe") {
      options.probe = arguments[i + 1];
      return options;
    }
    if (auto problem = take(options, name, arguments[++i]); !problem.empty()) return std::unexpected(problem);
  }
  if (options.scenario.empty()) return std::unexpected("--scenario is missing");
  if (options.runtime.empty()) return std::unexpected("--runtime is missing");
  return options;
}

std::vector<std::string> worker_arguments(const WorkerOptions& options) {
  std::vector<std::string> arguments = {"--scenario",   options.scenario,
                                        "--runtime",    options.runtime,
                                        "--port",       std::to_string(options.port),
                                        "--message-fd", std::to_string(options.message_fd)};
  if (!options.config.empty()) arguments.insert(arguments.end(), {"--config", options.config});
  for (const auto& [name, value] : options.params) {
    arguments.insert(arguments.end(), {"-p", name + "=" + value});
  }
  return arguments;
}

}  // namespace gauntlet
