// Bytes through connected sockets: all of them, in order, whatever the sizes.
#include <array>

#include "runtimes/conformance/support.hpp"

namespace gauntlet::conformance {
namespace {

class Sockets : public RuntimeTest {};
GAUNTLET_FOR_EVERY_RUNTIME(Sockets);

Task<void> round_trip(Pair& pair, std::size_t bytes) {
  const std::string text = pattern(bytes);
  JoinHandle<void> sender = spawn(send_text(pair.near, text));
  const std::string answer = co_await read_bytes(pair.near, bytes);
  EXPECT_TRUE(answer == text) << bytes << " bytes came back as " << answer.size();
  EXPECT_TRUE((co_await sender).has_value());
}

Task<void> round_trips() {
  Pair pair = co_await connected_pair();
  JoinHandle<void> server = spawn(echo(pair.far));
  constexpr std::size_t sizes[] = {1, 2, 63, 64, 4095, 4096, 16383, 16384, 16385, 100'000, 1 << 20, 4 << 20};
  for (const std::size_t bytes : sizes) {
    co_await round_trip(pair, bytes);
  }
  must(co_await pair.near.shutdown());
  EXPECT_TRUE((co_await server).has_value());
  EXPECT_EQ(co_await read_to_end(pair.near), "");
}

TEST_P(Sockets, EchoMessagesOfEverySize) { complete(round_trips()); }

Task<void> gather(std::size_t count) {
  Pair pair = co_await connected_pair();
  std::vector<std::string> parts;
  std::string whole;
  for (std::size_t i = 0; i < count; ++i) parts.push_back(pattern(1 + i % 300));
  std::vector<iovec> pieces;
  for (std::string& part : parts) {
    pieces.push_back({part.data(), part.size()});
    whole += part;
  }
  JoinHandle<std::string> reader = spawn(read_bytes(pair.far, whole.size()));
  must(co_await pair.near.send(std::span<const iovec>(pieces)));
  const TaskResult<std::string> received = co_await reader;
  EXPECT_TRUE(received.has_value() && *received == whole);
}

TEST_P(Sockets, GatherAllPiecesInOrder) { complete(gather(7)); }

TEST_P(Sockets, GatherMorePiecesThanTheKernelTakesAtOnce) { complete(gather(3000)); }

Task<void> send_nothing() {
  Pair pair = co_await connected_pair();
  must(co_await pair.near.send(std::string_view()));
  must(co_await pair.near.send(std::span<const iovec>()));
  must(co_await pair.near.send("x"));
  EXPECT_EQ(co_await read_bytes(pair.far, 1), "x");
}

TEST_P(Sockets, SendingNothingSucceeds) { complete(send_nothing()); }

Task<void> half_close() {
  Pair pair = co_await connected_pair();
  must(co_await pair.near.send("question"));
  must(co_await pair.near.shutdown());
  EXPECT_EQ(co_await read_to_end(pair.far), "question");
  EXPECT_EQ(co_await read_to_end(pair.far), "") << "the end of the stream stays";
  must(co_await pair.far.send("answer"));
  EXPECT_EQ(co_await read_bytes(pair.near, 6), "answer");
  EXPECT_EQ(errno_of(co_await pair.near.send("too late")), EPIPE);
}

TEST_P(Sockets, AreReadToTheEndAfterShutdownAndStillAnswer) { complete(half_close()); }

Task<void> large_then_shutdown(std::size_t bytes) {
  Pair pair = co_await connected_pair();
  const std::string text = pattern(bytes);
  JoinHandle<std::string> reader = spawn(read_to_end(pair.far));
  must(co_await pair.near.send(text));
  must(co_await pair.near.shutdown());
  const TaskResult<std::string> received = co_await reader;
  EXPECT_TRUE(received.has_value() && *received == text);
}

TEST_P(Sockets, ShutDownAfterAllThatWasSent) { complete(large_then_shutdown(std::size_t{8} << 20)); }

Task<void> peer_resets() {
  Listener listener = must(listen(Endpoint::loopback(0)));
  RawSocket peer = RawSocket::connected_to(must(listener.local_endpoint()));
  Socket socket = must(co_await listener.accept());
  peer.send("last words");
  EXPECT_EQ(co_await read_bytes(socket, 10), "last words");
  peer.reset();
  EXPECT_EQ(errno_of(co_await socket.receive()), ECONNRESET);
  int error = 0;
  for (int i = 0; i < 3 && error == 0; ++i) error = errno_of(co_await socket.send("anybody?"));
  EXPECT_TRUE(error == EPIPE || error == ECONNRESET) << error;
}

TEST_P(Sockets, TellOfAResetAsAnErrorAndNotASignal) { complete(peer_resets()); }

Task<int> connect_error(Endpoint endpoint) { co_return errno_of(co_await connect(endpoint)); }

TEST_P(Sockets, AreRefusedWhereNobodyListens) {
  const RawSocket bound_only = RawSocket::bound(-1);
  EXPECT_EQ(complete(connect_error(bound_only.local_endpoint())), ECONNREFUSED);
}

Task<void> own_memory(std::size_t bytes) {
  Pair pair = co_await connected_pair();
  const std::string text = pattern(bytes);
  JoinHandle<void> sender = spawn(send_text(pair.near, text));
  std::string received;
  std::array<std::byte, 1000> memory;
  while (received.size() < bytes) {
    const std::size_t got = must(co_await pair.far.receive_into(memory));
    EXPECT_GT(got, 0u);
    EXPECT_LE(got, memory.size());
    if (got == 0) break;
    received.append(reinterpret_cast<const char*>(memory.data()), got);
  }
  EXPECT_TRUE(received == text);
  EXPECT_TRUE((co_await sender).has_value());
  must(co_await pair.near.shutdown());
  EXPECT_EQ(must(co_await pair.far.receive_into(memory)), 0u);
}

TEST_P(Sockets, ReceiveIntoTheCallersMemory) { complete(own_memory(300'000)); }

Task<void> mix_kinds() {
  Pair pair = co_await connected_pair();
  must(co_await pair.near.send("ab"));
  must(co_await pair.far.send("ab"));
  std::array<std::byte, 1> memory;
  EXPECT_EQ(must(co_await pair.near.receive_into(memory)), 1u);
  EXPECT_EQ(errno_of(co_await pair.near.receive()), EINVAL);
  EXPECT_EQ(must(co_await pair.near.receive_into(memory)), 1u);
  EXPECT_EQ(static_cast<char>(memory[0]), 'b') << "the refused receive took nothing";
  EXPECT_EQ(co_await read_bytes(pair.far, 2), "ab");
  EXPECT_EQ(errno_of(co_await pair.far.receive_into(memory)), EINVAL);
}

TEST_P(Sockets, UseOneKindOfReceiveAlways) { complete(mix_kinds()); }

Task<void> receive_and_log(Socket& socket, std::vector<std::string>& log) {
  const int error = errno_of(co_await socket.receive());
  log.push_back("receive " + std::to_string(error));
}

Task<void> close_under_a_receive(std::vector<std::string>& log) {
  Pair pair = co_await connected_pair();
  JoinHandle<void> receiver = spawn_here(receive_and_log(pair.near, log));
  while (receiver.state() != TaskState::waiting) co_await yield();
  auto closing = pair.near.close();
  EXPECT_FALSE(pair.near.is_open()) << "the handle is empty from the call on";
  must(co_await closing);
  log.push_back("close");
  EXPECT_TRUE((co_await receiver).has_value()) << "its operation was cancelled, not the task";
  EXPECT_EQ(co_await read_to_end(pair.far), "");
}

TEST_P(Sockets, CloseCancelsTheReceiveOfAnotherTaskAndWaitsForIt) {
  std::vector<std::string> log;
  complete(close_under_a_receive(log));
  EXPECT_EQ(log, (std::vector<std::string>{"receive " + std::to_string(ECANCELED), "close"}));
}

Task<void> accept_and_log(Listener& listener, int& error) { error = errno_of(co_await listener.accept()); }

Task<void> close_under_an_accept(int& error) {
  Listener listener = must(listen(Endpoint::loopback(0)));
  const Endpoint at = must(listener.local_endpoint());
  JoinHandle<void> acceptor = spawn_here(accept_and_log(listener, error));
  while (acceptor.state() != TaskState::waiting) co_await yield();
  must(co_await listener.close());
  EXPECT_EQ(error, ECANCELED);
  EXPECT_TRUE((co_await acceptor).has_value());
  EXPECT_EQ(errno_of(co_await connect(at)), ECONNREFUSED);
}

TEST_P(Sockets, CloseOfAListenerCancelsItsAccept) {
  int error = 0;
  complete(close_under_an_accept(error));
}

Task<void> drop_a_socket() {
  Pair pair = co_await connected_pair();
  { const Socket dropped = std::move(pair.near); }
  EXPECT_EQ(co_await read_to_end(pair.far), "");
}

TEST_P(Sockets, CloseInTheBackgroundWhenTheyGoOutOfScope) { complete(drop_a_socket()); }

Task<void> close_unread() {
  Pair pair = co_await connected_pair();
  must(co_await pair.far.send(pattern(100'000)));
  EXPECT_FALSE((co_await read_bytes(pair.near, 1)).empty());
  must(co_await pair.near.close());
}

TEST_P(Sockets, CloseWithBytesUnread) {
  complete(close_unread());
  EXPECT_GE(runtime().metrics().buffers_lent, 1u);
}

Task<void> two_sends(Runtime& runtime) {
  Pair pair = co_await connected_pair();
  std::string text = pattern(std::size_t{16} << 20);
  const iovec piece{text.data(), text.size()};
  Probe<SendOp> first(runtime, pair.near.record(), std::span(&piece, 1));
  EXPECT_EQ(first.submit(), Submitted::pending);
  EXPECT_EQ(errno_of(co_await pair.near.send("second")), EBUSY);
  JoinHandle<std::string> reader = spawn(read_bytes(pair.far, text.size()));
  co_await ended(first);
  EXPECT_EQ(first.op.sent, text.size());
  const TaskResult<std::string> received = co_await reader;
  EXPECT_TRUE(received.has_value() && *received == text);
  must(co_await pair.near.send("third"));
  EXPECT_EQ(co_await read_bytes(pair.far, 5), "third");
}

TEST_P(Sockets, RefuseASecondSendWhileOneIsInFlight) { complete(two_sends(runtime())); }

Task<void> endpoints() {
  Listener listener = must(listen(Endpoint::loopback(0)));
  const Endpoint at = must(listener.local_endpoint());
  EXPECT_GT(at.port(), 0);
  Socket near = must(co_await connect(at));
  Socket far = must(co_await listener.accept());
  EXPECT_EQ(must(near.remote_endpoint()).to_string(), at.to_string());
  EXPECT_EQ(must(far.local_endpoint()).to_string(), at.to_string());
  EXPECT_EQ(must(far.remote_endpoint()).to_string(), must(near.local_endpoint()).to_string());
  EXPECT_EQ(errno_of(listen(at)), EADDRINUSE) << "an address in use is an error at once";
}

TEST_P(Sockets, KnowTheirEndpoints) { complete(endpoints()); }

Task<void> over_ipv6(bool& available) {
  Result<Listener> listener = listen(must(Endpoint::parse("::1", 0)));
  available = listener.has_value();
  if (!available) co_return;
  Socket near = must(co_await connect(must(listener->local_endpoint())));
  Socket far = must(co_await listener->accept());
  must(co_await near.send("six"));
  EXPECT_EQ(co_await read_bytes(far, 3), "six");
}

TEST_P(Sockets, SpeakIpv6) {
  bool available = false;
  complete(over_ipv6(available));
  if (!available) GTEST_SKIP() << "no IPv6 loopback here";
}

Task<void> hammer(Socket& socket, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    must(co_await socket.send("ping"));
    EXPECT_EQ(co_await read_bytes(socket, 4), "ping");
  }
  must(co_await socket.shutdown());
}

Task<void> many_connections(int count) {
  std::vector<std::unique_ptr<Pair>> pairs;
  std::vector<JoinHandle<void>> tasks;
  for (int i = 0; i < count; ++i) {
    pairs.push_back(std::make_unique<Pair>(co_await connected_pair()));
    tasks.push_back(spawn(echo(pairs.back()->far)));
  }
  for (auto& pair : pairs) tasks.push_back(spawn(hammer(pair->near, 5)));
  for (JoinHandle<void>& task : tasks) EXPECT_TRUE((co_await task).has_value());
}

TEST_P(Sockets, CarryManyConnectionsAtOnce) {
  // How many one worker can carry, and how several share them: the second needs no thousand.
  // Two tasks for each.
  const int count = tasks(runtime().workers() == 1 ? 2000 : 400) / 2;
  complete(many_connections(count));
  EXPECT_EQ(runtime().metrics().accepts, static_cast<std::uint64_t>(count));
}

}  // namespace
}  // namespace gauntlet::conformance
