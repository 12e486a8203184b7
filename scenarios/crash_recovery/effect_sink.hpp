// Where the effects of orders go: into the harness, out of reach of the server that has them.
#pragma once

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace gauntlet {

/// Listens on a Unix socket (SOCK_SEQPACKET) and keeps each message, "KEY TRACE", that any server sends there. What was
/// sent is here, whatever becomes of its sender a moment later; nothing can be taken back. In a thread of its own.
class EffectSink {
 public:
  /// Throws std::system_error when the socket cannot be made.
  explicit EffectSink(const std::filesystem::path& socket);
  EffectSink(const EffectSink&) = delete;
  EffectSink& operator=(const EffectSink&) = delete;
  ~EffectSink();

  /// Waits until all senders have gone, takes no new ones, and tells what came, in the order of its coming. Once.
  const std::vector<std::string>& finish();

 private:
  void run();
  bool take(int connection);

  int listener_ = -1;
  int wake_ = -1;
  std::vector<int> connections_;  ///< the thread's own
  std::vector<std::string> effects_;
  std::thread thread_;
};

}  // namespace gauntlet
