// A blocking client for tests. Gives up after ten seconds of silence.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gauntlet::http::fixtures {

class Client {
 public:
  explicit Client(std::uint16_t port);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  /// False when the server has closed.
  bool send(std::string_view bytes) const;
  void finish_sending() const;
  /// Bytes that the server has sent are here, or it has closed.
  bool has_bytes() const;
  /// The next response, head and body; what there was when the server closed in the middle of it.
  std::string response(bool to_head = false);
  /// All that comes until the server closes; "(silence)" when it does not.
  std::string rest();
  /// What the kernel received at once, for tests of how often the server sends; empty at the end.
  std::string one_receive() const;
  /// The same, thrown away without a touch of the heap. False at the end.
  bool skip_one_receive() const;

 private:
  bool receive();

  int fd_;
  std::string received_;
};

/// The status of a response, 0 when it is none.
int status_of(std::string_view response);
std::string_view body_of(std::string_view response);

/// Sends on a connection of its own, says that it is all, and gives everything that comes back.
std::string ask_once(std::uint16_t port, std::string_view bytes);

}  // namespace gauntlet::http::fixtures
