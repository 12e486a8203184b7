// What the worker process says to the harness: one JSON object a line.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>

namespace gauntlet {

/// The descriptor that the harness hands down for messages, unless it says another.
inline constexpr int kMessageFd = 3;
/// Exit code of a worker that cannot run here and has said why.
inline constexpr int kSkippedExitCode = 7;

struct WorkerMessage {
  enum class Type {
    ready,    ///< the subject is up; `port`, `effective_config`
    report,   ///< `values` for drive()
    metrics,  ///< `values`: the runtime's counters, at the end
    done,     ///< `code`: the exit code to follow
    failed,   ///< `reason`; an exit code that is not 0 follows
    skipped   ///< `reason`; exit code 7 follows
  };
  Type type = Type::ready;
  std::uint16_t port = 0;  ///< 0: nothing is listening
  std::map<std::string, std::string> effective_config;
  std::map<std::string, double> values;
  int code = 0;
  std::string reason;
};

/// Without a newline. Values that are not finite are left out.
std::string encode_message(const WorkerMessage& message);
/// The error says what is wrong with the line.
std::expected<WorkerMessage, std::string> decode_message(std::string_view line);

/// What the harness says to the worker on its standard input: a word for serve(), or the request to stop.
struct WorkerCommand {
  bool stop = false;
  std::string text;
};
std::string encode_command(const WorkerCommand& command);
std::expected<WorkerCommand, std::string> decode_command(std::string_view line);

}  // namespace gauntlet
