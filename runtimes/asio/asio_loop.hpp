// One io_context of one worker: the runtime on Boost.Asio. Includes much of Asio; only this folder's sources include
// it.
#pragma once

#include <atomic>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtimes/asio/asio_file_lane.hpp"
#include "runtimes/asio/asio_poll.hpp"
#include "runtimes/asio/asio_socket.hpp"
#include "runtimes/asio/handler_memory.hpp"
#include "runtimes/contract/file_op.hpp"
#include "runtimes/contract/run_queue.hpp"
#include "runtimes/contract/runtime.hpp"
#include "runtimes/loop/buffer_pool.hpp"
#include "runtimes/loop/inbox.hpp"
#include "runtimes/loop/shared_endpoints.hpp"
#include "runtimes/loop/timer_wheel.hpp"

namespace gauntlet {

class AsioLoop;

/// The loops of one runtime, as each of them sees the others. Constant while any of them runs, but for the flag and the
/// endpoints.
struct AsioGroup {
  Runtime* runtime = nullptr;  ///< whom sockets, buffers and workers belong to
  Dispatcher* dispatcher = nullptr;
  bool hands_on = false;  ///< an accepted socket goes to the worker that the dispatcher chooses
  SharedEndpoints endpoints = {};
  std::atomic<bool> stop_requested{false};
  std::vector<std::unique_ptr<AsioLoop>> loops = {};
};

/// Asio runs the loop: everything here happens in its handlers. Jobs stand in an intrusive queue, which one posted
/// handler, the pump, drains in batches: a post for each job would cost an operation of Asio's apiece. What foreign
/// threads schedule goes through an inbox whose first job posts one handler for all that follow until it runs. Timers
/// stand in the wheel; one waitable timer is the alarm for the earliest.
///
/// All functions on the worker's thread, but enqueue(), end_run() and counters(); from shutting down on, on the
/// owner's.
class AsioLoop {
 public:
  /// The loop of worker `index`; the group outlives it. Throws what Asio throws when the kernel refuses its reactor.
  AsioLoop(AsioGroup& group, const RuntimeConfig& config, std::uint16_t index);
  AsioLoop(const AsioLoop&) = delete;
  AsioLoop& operator=(const AsioLoop&) = delete;

  void enqueue(Job& job, Worker* here) noexcept;
  Submitted submit(Op& op) noexcept;
  void cancel(Op& op) noexcept;
  Result<SocketBase*> listen(const Endpoint& endpoint);
  void give_back(std::byte* data, std::uint32_t token) noexcept { buffers_.give_back(data, token); }

  /// Until the group's flag is set.
  void run_until_stopped();
  Turn poll_once();
  /// Makes the loop look at the flag.
  void end_run() noexcept { context_.stop(); }
  /// Flags every task; what resumes one next drops it.
  void begin_shut_down() noexcept;
  /// Handlers that are ready, or, if `may_wait`, one that may have to come first. False: there was none.
  bool drain(bool may_wait);
  /// Between handlers: no task, no job, and no socket on its way out is left.
  bool is_drained() const noexcept {
    return worker_.tasks.empty() && !has_work() && !inbox_.has_jobs() && closing_ == 0;
  }
  const WorkerCounters& counters() const noexcept { return worker_.counters; }

  /// Asio may leave out the wake-ups among the threads of one io_context: there is one.
  static constexpr int concurrency_hint = 1;
  /// How it comes by files, in words.
  static const char* files_setting() noexcept;

 private:
  using ErrorCode = boost::system::error_code;
  using Alarm = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                  boost::asio::wait_traits<std::chrono::steady_clock>, AsioExecutor>;

  /// Where a pending operation stands; kept in Op::scratch. Timers in the wheel use scratch for their slot.
  enum Stage : std::uint16_t {
    waiting = 0,  ///< for a handler
    queued_to_try,
    queued_to_complete,
    cancel_asked,  ///< of Asio, whose handler has not come
    cancelled_timer = 0xffff
  };

  // Handlers and what they run: asio_loop.cpp.
  void pump() noexcept;
  void post_pump() noexcept;
  void post_inbox() noexcept;
  void take_inbox() noexcept;
  void run_ready() noexcept;
  void answer_queued() noexcept;
  void complete(Op& op) noexcept;
  void expire_timers() noexcept;
  void set_alarm() noexcept;
  void on_alarm() noexcept;
  bool has_work() const noexcept { return !ready_.empty() || !answers_.empty(); }
  bool run_some_handlers();

  // Reading and accepting: asio_reads.cpp.
  Submitted start_read(AsioStream& stream, Op& op) noexcept;
  Submitted start_accept(AsioListener& listener, AcceptOp& op) noexcept;
  bool try_read(AsioStream& stream, Op& op) noexcept;
  bool try_receive(AsioStream& stream, ReceiveOp& op) noexcept;
  std::int32_t receive_bytes(AsioStream& stream, std::span<std::byte> memory) noexcept;
  void try_pending(AsioStream& stream) noexcept;
  void wait_readable(AsioStream& stream) noexcept;
  void on_readable(AsioStream& stream, const ErrorCode& error) noexcept;
  void arm_accept(AsioListener& listener) noexcept;
  void on_accepted(AsioListener& listener, const ErrorCode& error, TcpStream peer) noexcept;
  void deliver(AsioListener& listener, AcceptOp& op, TcpStream peer) noexcept;
  void retry_accept_later(AsioListener& listener) noexcept;
  static void retry_accept(Job& job) noexcept;

  // Writing, connecting, closing: asio_writes.cpp.
  Submitted start_send(AsioStream& stream, SendOp& op) noexcept;
  Submitted start_connect(ConnectOp& op) noexcept;
  Submitted start_shutdown(AsioStream& stream, ShutdownOp& op) noexcept;
  Submitted start_close(CloseOp& op) noexcept;
  bool try_send(AsioStream& stream, SendOp& op) noexcept;
  void send_later(AsioStream& stream, SendOp& op) noexcept;
  void on_sent(AsioStream& stream, const ErrorCode& error, std::size_t bytes) noexcept;
  void on_connected(AsioStream& stream, const ErrorCode& error) noexcept;
  void shut_down_writing(AsioStream& stream, ShutdownOp& op) noexcept;
  void close_descriptor(AsioSocket& socket) noexcept;
  void advance_close(AsioSocket& socket) noexcept;
  void queue_result(Op& op, std::int32_t result) noexcept;
  void cancel_reader(AsioSocket& socket) noexcept;

  // Files: asio_files.cpp.
  Submitted start_file(FileOp& op) noexcept;
  void cancel_file(FileOp& op) noexcept;
#if defined(BOOST_ASIO_HAS_FILE)
  void on_file_moved(AsioFileLane& lane, const ErrorCode& error, std::size_t bytes) noexcept;
  AsioFileLane& take_lane();
  void give_back_lane(AsioFileLane& lane) noexcept;
#endif

  // Foreign descriptors: asio_polls.cpp.
  Submitted start_poll(PollOp& op) noexcept;
  void cancel_poll(PollOp& op) noexcept;
  void wait_for(AsioPoll& poll, PollFor what, boost::asio::posix::descriptor_base::wait_type direction,
                HandlerMemory& memory) noexcept;
  void on_polled(AsioPoll& poll, PollFor what, const ErrorCode& error) noexcept;
  void give_up_descriptor(AsioPoll& poll) noexcept;
  AsioPoll& take_poll();
  void give_back_poll(AsioPoll& poll) noexcept;

  /// Every handler begins with it.
  void enter_handler() noexcept { worker_.counters.turns.add(); }
  /// A handler of the socket has come.
  static void handler_came(AsioSocket& socket) noexcept { --socket.outstanding; }

  // What handlers live in stands before the io_context, whose destructor ends those that never ran.
  RuntimeConfig config_;
  AsioGroup& group_;
  Worker worker_;
  HandlerMemory pump_memory_;
  HandlerMemory inbox_memory_;
  HandlerMemory alarm_memory_;
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<AsioExecutor> work_;
  Alarm alarm_;
  std::chrono::steady_clock::time_point alarm_deadline_;
  bool is_alarm_set_ = false;
  bool is_pump_posted_ = false;
  bool is_turn_over_ = false;  ///< for poll_once: the pump has asked for another round
  RunQueue ready_;
  RunQueue answers_;  ///< pending operations to try or to complete, in order; see Stage
  TimerWheel timers_;
  BufferPool buffers_;
  std::uint32_t budget_ = 0;   ///< answers left for the job that runs now
  std::uint64_t closing_ = 0;  ///< sockets on their way out
  Inbox inbox_;
  std::vector<std::unique_ptr<AsioPoll>> polls_;
  AsioPoll* free_polls_ = nullptr;
#if defined(BOOST_ASIO_HAS_FILE)
  std::vector<std::unique_ptr<AsioFileLane>> lanes_;
  AsioFileLane* free_lanes_ = nullptr;
#endif
};

}  // namespace gauntlet
