#include "runtimes/asio/native/asio_native.hpp"

#include <unistd.h>

#include <array>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string_view>
#include <utility>

#include "runtimes/native/plaintext_answers.hpp"

namespace gauntlet {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Callbacks and the io_context's own executor: awaitable and any_io_executor are each slower.
using Executor = asio::io_context::executor_type;
using Stream = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;

/// One connection. Its handlers own it in turn: it ends with the last of them.
class Session {
 public:
  using Owner = std::unique_ptr<Session>;

  Session(Stream stream, bool http) : stream_(std::move(stream)), http_(http) {}

  static void read(Owner self) {
    Session& session = *self;
    session.stream_.async_read_some(asio::buffer(session.memory_),
                                    [self = std::move(self)](const error_code& error, std::size_t size) mutable {
                                      if (!error) answer(std::move(self), size);
                                    });
  }

 private:
  static void answer(Owner self, std::size_t size) {
    Session& session = *self;
    const std::string_view received(session.memory_.data(), size);
    if (session.http_) session.answers_.take(received);
    const std::string_view bytes = session.http_ ? session.answers_.pending() : received;
    if (bytes.empty()) return read(std::move(self));
    asio::async_write(session.stream_, asio::buffer(bytes),
                      [self = std::move(self)](const error_code& error, std::size_t) mutable {
                        self->answers_.clear();
                        if (!error && !self->answers_.closes()) read(std::move(self));
                      });
  }

  Stream stream_;
  bool http_;
  PlaintextAnswers answers_;
  std::array<char, 16 * 1024> memory_;
};

struct Listener {
  explicit Listener(asio::io_context& context) : acceptor(context), pause(context) {}
  Acceptor acceptor;
  asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor> pause;
  bool http = false;
};

void accept_next(Listener& listener) {
  listener.acceptor.async_accept([&listener](const error_code& error, Stream stream) {
    if (error == asio::error::operation_aborted) return;
    if (error == asio::error::no_descriptors || error == asio::error::no_buffer_space ||
        error == asio::error::no_memory) {
      // The next attempt would fail at once, and the one after it.
      listener.pause.expires_after(std::chrono::milliseconds(20));
      return listener.pause.async_wait([&listener](const error_code& stopped) {
        if (!stopped) accept_next(listener);
      });
    }
    if (!error) {
      error_code ignored;
      stream.set_option(tcp::no_delay(true), ignored);
      Session::read(std::make_unique<Session>(std::move(stream), listener.http));
    }
    accept_next(listener);
  });
}

}  // namespace

bool asio_native_is_on_io_uring() noexcept {
#if defined(BOOST_ASIO_HAS_IO_URING)
  return true;
#else
  return false;
#endif
}

int run_asio_native(const AsioNativeOptions& options) {
  asio::io_context context(1);
  Listener listener(context);
  listener.http = options.http;
  Acceptor& acceptor = listener.acceptor;
  error_code error;
  const tcp::endpoint at(asio::ip::address_v4::loopback(), options.port);
  if (acceptor.open(at.protocol(), error) || acceptor.set_option(tcp::acceptor::reuse_address(true), error) ||
      acceptor.bind(at, error) || acceptor.listen(4096, error)) {
    std::fprintf(stderr, "error: cannot listen on port %u: %s\n", options.port, error.message().c_str());
    return 1;
  }
  // A duplicate, since the descriptor object closes what it is given.
  asio::posix::basic_stream_descriptor<Executor> stop(context, dup(options.stop_fd));
  stop.async_wait(asio::posix::stream_descriptor::wait_read, [&context](const error_code&) { context.stop(); });
  accept_next(listener);
  options.ready(acceptor.local_endpoint().port());
  context.run();
  return 0;
}

}  // namespace gauntlet
