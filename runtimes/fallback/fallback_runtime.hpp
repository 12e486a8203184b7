// The core behind the contract: with sockets, and woken by other threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "runtimes/contract/runtime.hpp"
#include "runtimes/fallback/core/core.hpp"
#include "runtimes/fallback/fallback_socket.hpp"
#include "runtimes/fallback/socket_slots.hpp"
#include "runtimes/loop/buffer_pool.hpp"
#include "runtimes/loop/descriptor.hpp"
#include "runtimes/loop/inbox.hpp"

struct pollfd;

namespace gauntlet {

/// Every completion is a job of the core's queue: an operation makes its system call when it is submitted, or when
/// poll(2) says that it can, and is then queued like any other job. None is ever answered inside submit().
///
/// At most 32 tasks and most_sockets sockets. Frames come from where those of every runtime's tasks do, since a Task
/// does not know its runtime when it is made; the bound on their number is the core's.
class FallbackRuntime final : public Runtime {
 public:
  static Result<Descriptor> open_wake();

  /// `wake`: see open_wake().
  FallbackRuntime(const RuntimeConfig& config, Descriptor wake);
  ~FallbackRuntime() override;

  void enqueue(Job& job, Worker* here) noexcept override;
  Submitted submit(Op& op) noexcept override;
  void cancel(Op& op) noexcept override;
  Result<SocketBase*> listen(const Endpoint& endpoint) override;
  void give_back(std::byte* data, std::uint32_t token) noexcept override;
  void run_workers() override;
  Turn poll_once() override;
  void stop() noexcept override;
  EffectiveConfig own_settings() const override;
  RuntimeMetrics metrics() const noexcept override;

 private:
  static constexpr std::size_t most_polls = 2 * fallback::most_tasks;  ///< foreign descriptors at once

  /// Where a pending operation stands; kept in Op::scratch.
  enum Stage : std::uint16_t { waiting, queued };

  bool turn(bool may_block);
  void take_posted();
  void expire_timers();
  void wait_for_events(bool may_block);
  std::size_t list_sockets(std::span<pollfd> polled, std::span<FallbackSocket*> sockets) noexcept;
  int poll_kernel(std::span<pollfd> polled, bool block);
  void go_on_with(FallbackSocket& socket, short events) noexcept;
  void go_on_with(PollOp& op, short events) noexcept;
  void wake() noexcept;
  void drop_all() noexcept;

  static FallbackSocket& socket_of(Op& op) noexcept;
  Submitted complete_later(Op& op) noexcept;
  Submitted complete_later(Op& op, std::int32_t result) noexcept;
  Submitted start_read(FallbackSocket& socket, Op& op) noexcept;
  Submitted start_send(SendOp& op) noexcept;
  Submitted start_connect(ConnectOp& op) noexcept;
  Submitted start_close(CloseOp& op) noexcept;
  Submitted start_poll(PollOp& op) noexcept;
  // `true` means that `result` is set.
  bool attempt(Op& op) noexcept;
  bool try_accept(AcceptOp& op) noexcept;
  bool try_receive(ReceiveOp& op) noexcept;
  bool try_send(SendOp& op) noexcept;
  bool finish_connect(ConnectOp& op) noexcept;

  static bool is_write(OpKind kind) noexcept { return kind == OpKind::send || kind == OpKind::connect; }
  void cancel_on_socket(Op*& slot) noexcept;
  void forget_poll(const PollOp& op) noexcept;
  FallbackSocket* take_in(int fd) noexcept;
  void release(FallbackSocket& socket) noexcept;
  void retry_accept_later(FallbackSocket& listener) noexcept;
  static void retry_accept(Job& job) noexcept;

  Descriptor wake_;
  Worker worker_;
  fallback::Core core_;
  fallback::Deadlines<TimerOp> timers_;
  BufferPool buffers_;
  SocketSlots sockets_;
  std::array<PollOp*, most_polls> polls_;  ///< the first polls_count_ of them wait
  std::size_t polls_count_ = 0;
  // Written to by other threads, on a line apart from what the loop touches all the time.
  alignas(64) Inbox inbox_;
  std::atomic<bool> stop_requested_{false};
};

}  // namespace gauntlet
