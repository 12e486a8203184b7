#include "scenarios/busy_wait/waiting_tasks.hpp"

#include <string_view>
#include <utility>

#include "runtimes/task/spawn.hpp"
#include "runtimes/task/time.hpp"

namespace gauntlet {

namespace {

constexpr std::string_view wake_word = "go";

Task<bool> wait_for_timer(std::chrono::steady_clock::time_point due) {
  co_await sleep_until(due);
  co_return std::chrono::steady_clock::now() >= due;
}

Task<bool> wait_for_bytes(Socket socket) {
  const Result<Buffer> received = co_await socket.receive();
  co_return received.has_value() && received->text() == wake_word;
}

Task<bool> wait_for_task(JoinHandle<bool> before) {
  const TaskResult<bool> result = co_await before;
  co_return result.has_value() && *result;
}

}  // namespace

Task<bool> WaitingTasks::start_receivers(std::uint64_t count) {
  Result<Listener> listener = listen(Endpoint::loopback(0));
  if (!listener) co_return false;
  const Result<Endpoint> address = listener->local_endpoint();
  if (!address) co_return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    Result<Socket> peer = co_await connect(*address);
    if (!peer) co_return false;
    Result<Socket> accepted = co_await listener->accept();
    if (!accepted) co_return false;
    peers_.push_back(std::move(*peer));
    handles_.push_back(spawn(wait_for_bytes(std::move(*accepted))));
  }
  co_return true;
}

Task<bool> WaitingTasks::start(std::uint64_t count, std::chrono::nanoseconds sleep) {
  const std::uint64_t timers = count / 3;
  const std::uint64_t joins = count / 3;
  if (!co_await start_receivers(count - timers - joins)) co_return false;
  // The chain hangs on the last receiver, whose handle it takes over.
  for (std::uint64_t i = 0; i < joins; ++i) {
    JoinHandle<bool> before = std::move(handles_.back());
    handles_.back() = spawn(wait_for_task(std::move(before)));
  }
  chain_length_ = joins;
  const auto due = std::chrono::steady_clock::now() + sleep;
  for (std::uint64_t i = 0; i < timers; ++i) handles_.push_back(spawn(wait_for_timer(due)));
  co_return true;
}

Task<void> WaitingTasks::release() {
  for (Socket& peer : peers_) static_cast<void>(co_await peer.send(wake_word));
}

Task<std::uint64_t> WaitingTasks::finish() {
  std::uint64_t finished = 0;
  for (JoinHandle<bool>& handle : handles_) {
    const TaskResult<bool> result = co_await handle;
    if (result.has_value() && *result) ++finished;
  }
  // One handle stands for the whole chain: true only if every link was.
  co_return finished == handles_.size() ? finished + chain_length_ : finished;
}

}  // namespace gauntlet
