#include "runtimes/asio/native/asio_native.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/write.hpp>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace gauntlet {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Callbacks and the io_context's own executor: awaitable and any_io_executor are each slower.
using Executor = asio::io_context::executor_type;
using Stream = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;

constexpr std::string_view response =
    "HTTP/1.1 200 OK\r\nServer: gauntlet\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Type: text/plain\r\n"
    "Content-Length: 13\r\n\r\nHello, World!";
constexpr std::string_view request_end = "\r\n\r\n";

/// One connection. Its handlers own it in turn: it ends with the last of them.
class Session {
 public:
  using Owner = std::unique_ptr<Session>;

  Session(Stream stream, bool http) : stream_(std::move(stream)), http_(http) {}

  static void read(Owner self) {
    Session& session = *self;
    const auto room = asio::buffer(session.memory_) + session.carried_;
    session.stream_.async_read_some(room, [self = std::move(self)](const error_code& error, std::size_t size) mutable {
      if (!error) answer(std::move(self), size);
    });
  }

 private:
  static void answer(Owner self, std::size_t size) {
    Session& session = *self;
    const asio::const_buffer bytes =
        session.http_ ? session.responses(session.take_requests(size)) : asio::buffer(session.memory_.data(), size);
    if (bytes.size() == 0) return read(std::move(self));
    asio::async_write(session.stream_, bytes, [self = std::move(self)](const error_code& error, std::size_t) mutable {
      if (!error) read(std::move(self));
    });
  }

  /// Requests that ended in what came. The start of an end that may follow is carried to the front of the memory.
  std::size_t take_requests(std::size_t size) {
    std::string_view rest(memory_.data(), carried_ + size);
    std::size_t requests = 0;
    for (std::size_t at; (at = rest.find(request_end)) != std::string_view::npos;) {
      rest.remove_prefix(at + request_end.size());
      ++requests;
    }
    carried_ = std::min(rest.size(), request_end.size() - 1);
    std::memmove(memory_.data(), rest.data() + rest.size() - carried_, carried_);
    return requests;
  }

  asio::const_buffer responses(std::size_t count) {
    while (responses_.size() < count * response.size()) responses_ += response;
    return asio::buffer(responses_.data(), count * response.size());
  }

  Stream stream_;
  bool http_;
  std::size_t carried_ = 0;
  std::string responses_;
  std::array<char, 16 * 1024> memory_;
};

void accept_next(Acceptor& acceptor, bool http) {
  acceptor.async_accept([&acceptor, http](const error_code& error, Stream stream) {
    if (error == asio::error::operation_aborted) return;
    if (!error) {
      error_code ignored;
      stream.set_option(tcp::no_delay(true), ignored);
      Session::read(std::make_unique<Session>(std::move(stream), http));
    }
    accept_next(acceptor, http);
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
  Acceptor acceptor(context);
  error_code error;
  const tcp::endpoint at(asio::ip::address_v4::loopback(), options.port);
  acceptor.open(at.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  if (acceptor.bind(at, error) || acceptor.listen(4096, error)) {
    std::fprintf(stderr, "error: cannot listen on port %u: %s\n", options.port, error.message().c_str());
    return 1;
  }
  // A duplicate, since the descriptor object closes what it is given.
  asio::posix::basic_stream_descriptor<Executor> stop(context, dup(options.stop_fd));
  stop.async_wait(asio::posix::stream_descriptor::wait_read, [&context](const error_code&) { context.stop(); });
  accept_next(acceptor, options.http);
  options.ready(acceptor.local_endpoint().port());
  context.run();
  return 0;
}

}  // namespace gauntlet
