#include "runtimes/libuv/native/libuv_native.hpp"

#include <netinet/in.h>
#include <uv.h>

#include <array>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtimes/native/plaintext_answers.hpp"

namespace gauntlet {

namespace {

constexpr int backlog = 4096;

struct Server {
  NativeProtocol protocol = NativeProtocol::echo;
  uv_loop_t loop{};
  uv_tcp_t listener{};
  uv_poll_t stop{};
  /// Read into by every connection: what is left of it when a callback returns is copied.
  std::array<char, 64 * 1024> memory{};
};

struct Connection {
  uv_tcp_t handle{};
  uv_write_t write{};
  std::string unsent;  ///< what the kernel did not take at once; reading stops meanwhile
  std::optional<PlaintextAnswers> http;
};

template <typename Handle>
uv_stream_t* stream(Handle& handle) {
  return reinterpret_cast<uv_stream_t*>(&handle);
}

Server& server_of(const uv_loop_t* loop) { return *static_cast<Server*>(loop->data); }

void close_connection(Connection& connection) {
  auto* handle = reinterpret_cast<uv_handle_t*>(&connection.handle);
  if (uv_is_closing(handle) != 0) return;
  uv_close(handle, [](uv_handle_t* closed) { delete static_cast<Connection*>(closed->data); });
}

void on_memory_wanted(uv_handle_t* handle, std::size_t, uv_buf_t* memory) {
  Server& server = server_of(handle->loop);
  *memory = uv_buf_init(server.memory.data(), static_cast<unsigned>(server.memory.size()));
}

void on_read(uv_stream_t* from, ssize_t size, const uv_buf_t* memory);

void on_written(uv_write_t* write, int status) {
  Connection& connection = *static_cast<Connection*>(write->data);
  connection.unsent.clear();
  const bool ends = connection.http && connection.http->closes();
  if (status < 0 || ends || uv_read_start(stream(connection.handle), on_memory_wanted, on_read) < 0) {
    close_connection(connection);
  }
}

/// True: all of it has left. Else it will, or the connection is being closed.
bool send_all(Connection& connection, std::string_view bytes) {
  uv_buf_t piece = uv_buf_init(const_cast<char*>(bytes.data()), static_cast<unsigned>(bytes.size()));
  const int sent = uv_try_write(stream(connection.handle), &piece, 1);
  if (sent == static_cast<int>(bytes.size())) return true;
  if (sent < 0 && sent != UV_EAGAIN) {
    close_connection(connection);
    return false;
  }
  connection.unsent.assign(bytes.substr(sent < 0 ? 0 : static_cast<std::size_t>(sent)));
  piece = uv_buf_init(connection.unsent.data(), static_cast<unsigned>(connection.unsent.size()));
  uv_read_stop(stream(connection.handle));
  connection.write.data = &connection;
  if (uv_write(&connection.write, stream(connection.handle), &piece, 1, on_written) < 0) close_connection(connection);
  return false;
}

void answer_http(Connection& connection, std::string_view bytes) {
  PlaintextAnswers& answers = *connection.http;
  answers.take(bytes);
  if (answers.pending().empty()) return;
  const bool left = send_all(connection, answers.pending());
  answers.clear();
  if (left && answers.closes()) close_connection(connection);
}

void on_read(uv_stream_t* from, ssize_t size, const uv_buf_t* memory) {
  Connection& connection = *static_cast<Connection*>(from->data);
  if (size < 0) return close_connection(connection);
  if (size == 0) return;
  const std::string_view bytes(memory->base, static_cast<std::size_t>(size));
  if (connection.http) {
    answer_http(connection, bytes);
  } else {
    send_all(connection, bytes);
  }
}

void on_connection(uv_stream_t* listener, int status) {
  if (status < 0) return;
  Server& server = server_of(listener->loop);
  auto connection = std::make_unique<Connection>();
  if (server.protocol == NativeProtocol::http) connection->http.emplace();
  uv_tcp_init(&server.loop, &connection->handle);
  Connection& accepted = *connection.release();
  accepted.handle.data = &accepted;
  if (uv_accept(listener, stream(accepted.handle)) < 0 ||
      uv_read_start(stream(accepted.handle), on_memory_wanted, on_read) < 0) {
    close_connection(accepted);
  }
}

int listen_on(Server& server, std::uint16_t port) {
  sockaddr_in address{};
  uv_ip4_addr("127.0.0.1", port, &address);
  int error = uv_tcp_init_ex(&server.loop, &server.listener, AF_INET);
  if (error == 0) error = uv_tcp_nodelay(&server.listener, 1);  // accepted sockets inherit it
  if (error == 0) error = uv_tcp_bind(&server.listener, reinterpret_cast<const sockaddr*>(&address), 0);
  return error == 0 ? uv_listen(stream(server.listener), backlog, on_connection) : error;
}

int watch_stop(Server& server, int stop_fd) {
  const int error = uv_poll_init(&server.loop, &server.stop, stop_fd);
  if (error < 0) return error;
  return uv_poll_start(&server.stop, UV_READABLE, [](uv_poll_t* poll, int, int) { uv_stop(poll->loop); });
}

std::uint16_t bound_port(const Server& server) {
  sockaddr_in address{};
  int size = sizeof address;
  uv_tcp_getsockname(&server.listener, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

void close_all(Server& server) {
  const auto close_one = [](uv_handle_t* handle, void*) {
    if (uv_is_closing(handle) != 0) return;
    if (handle->data != nullptr) return close_connection(*static_cast<Connection*>(handle->data));
    uv_close(handle, nullptr);
  };
  uv_walk(&server.loop, close_one, nullptr);
  uv_run(&server.loop, UV_RUN_DEFAULT);
  uv_loop_close(&server.loop);
}

}  // namespace

int run_libuv_native(NativeProtocol protocol, std::uint16_t port, int stop_fd,
                     const std::function<void(std::uint16_t)>& ready) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto server = std::make_unique<Server>();
  server->protocol = protocol;
  if (const int error = uv_loop_init(&server->loop); error < 0) return error;
  server->loop.data = server.get();
  int error = listen_on(*server, port);
  if (error == 0) error = watch_stop(*server, stop_fd);
  if (error == 0) {
    ready(bound_port(*server));
    uv_run(&server->loop, UV_RUN_DEFAULT);
  }
  close_all(*server);
  return error;
}

}  // namespace gauntlet
