// One io_uring: ready queue, timers, sockets, inbox. A whole runtime by itself, or one of several loops of another.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtimes/contract/file_op.hpp"
#include "runtimes/contract/run_queue.hpp"
#include "runtimes/contract/runtime.hpp"
#include "runtimes/io_uring/buffer_ring.hpp"
#include "runtimes/io_uring/ring.hpp"
#include "runtimes/io_uring/uring_socket.hpp"
#include "runtimes/loop/descriptor.hpp"
#include "runtimes/loop/inbox.hpp"
#include "runtimes/loop/loop_group.hpp"
#include "runtimes/loop/timer_wheel.hpp"

namespace gauntlet {

/// Every operation becomes a request in the submission queue; one enter a turn submits what the tasks of that turn
/// asked for and brings the completions. Accepting and lent receiving are multishot requests that stay armed and run
/// ahead of the tasks up to a bound; what they delivered answers an operation inside submit, within the budget of the
/// resumed job.
class UringLoop final : public Runtime {
 public:
  /// What must be had from the kernel before there can be a loop. `buffers` are attached to `ring`.
  struct Parts {
    std::unique_ptr<BufferRing> buffers;
    std::unique_ptr<Ring> ring;  ///< goes before the buffers that it may write into
    Descriptor wake;
  };
  /// The error is a sentence for the user.
  static std::expected<Parts, std::string> open_parts(const RuntimeConfig& config);

  /// A runtime by itself.
  UringLoop(const RuntimeConfig& config, Parts parts);
  ~UringLoop() override;

  void enqueue(Job& job, Worker* here) noexcept override;
  Submitted submit(Op& op) noexcept override;
  void cancel(Op& op) noexcept override;
  Result<SocketBase*> listen(const Endpoint& endpoint) override;
  void give_back(std::byte* data, std::uint32_t token) noexcept override;
  /// Throws std::system_error if the runtime moved to this thread and no ring could be had for it.
  void run_workers() override;
  Turn poll_once() override;
  void stop() noexcept override;
  EffectiveConfig own_settings() const override;
  RuntimeMetrics metrics() const noexcept override;
  /// Adds what is of the process, not of one loop.
  static void add_of_process(RuntimeMetrics& total) noexcept;

  // For the owner of a group, which is the runtime that tasks and sockets see.

  using Group = LoopGroup<UringLoop>;
  UringLoop(const RuntimeConfig& config, Group& group, std::uint16_t index, Parts parts);
  /// Before the calling thread drives the loop. Throws std::system_error if there is no ring for it.
  void prepare_for_this_thread();
  /// On the owner's thread, while the loop runs on none, before it runs on another. Throws likewise.
  void prepare_for_new_thread();
  /// Runs on the calling thread until the group's flag is set.
  void run_until_stopped();
  /// Makes the loop look at the flag. Any thread.
  void rouse() noexcept;
  /// Owner of `fd`, which listens at an endpoint that other loops may share; on this loop's worker.
  Result<SocketBase*> adopt_listener(int fd, std::shared_ptr<void> claim);
  /// Flags every task; what resumes one next drops it.
  void begin_shut_down();
  /// No task, job, answer or closing socket is left.
  bool is_drained() const noexcept { return worker_.tasks.empty() && !has_jobs() && closing_ == 0; }
  bool has_jobs() const noexcept { return has_work() || inbox_.has_jobs(); }
  /// Between begin_shut_down() and is_drained(): one turn. Blocks if `may_wait` and what is left can only come from
  /// the kernel or from another thread.
  void drain(bool may_wait);
  const WorkerCounters& counters() const noexcept { return worker_.counters; }

 private:
  /// Where a pending operation stands; kept in Op::scratch. Timers in the wheel use scratch for their slot.
  enum Stage : std::uint16_t {
    waiting = 0,  ///< for the stream, or for its own request in the kernel
    queued_to_try,
    queued_to_complete,
    cancel_asked,    ///< of the kernel
    sent_unsettled,  ///< a send whose result is there, and whose memory is still the kernel's
    needs_restart,   ///< its request was withdrawn at the end of a run
    cancelled_timer = 0xffff
  };

  /// What a completion is about: the low bits of user_data, beside the address of the socket's record.
  enum class Tag : std::uint64_t {
    loop,
    stream,
    reader,
    writer,
    cancel,  ///< or another request whose result nobody needs
    close,
    operation,   ///< on a file or a foreign descriptor, whose address stands beside it
    undelivered  ///< a message of this ring; the bits above are the index of the loop that it was for
  };
  static constexpr unsigned tag_bits = 3;
  /// What stands above Tag::loop.
  enum class Note : std::uint64_t {
    wake_up,
    message,     ///< from another worker's ring: wakes this one
    nobody_asks  ///< says nothing that the completion of another request does not say
  };
  static constexpr std::uint64_t loop_note(Note what) noexcept {
    return static_cast<std::uint64_t>(what) << tag_bits | static_cast<std::uint64_t>(Tag::loop);
  }

  // Turn: uring_loop.cpp.
  bool turn(bool may_block);
  void run_ready();
  void answer_queued();
  void enter_kernel(bool may_block);
  void reap();
  void expire_timers();
  void send_messages() noexcept;
  void complete(Op& op) noexcept;
  /// Completes here and now; at the end of a run, in the next one.
  void finish(Op& op, std::int32_t result) noexcept;
  void open_fresh_ring();
  void wake(UringLoop* waker) noexcept;
  UringLoop* calling_loop() const noexcept;
  void watch_wake_ups() noexcept;
  void quiesce() noexcept;
  void restart_withdrawn() noexcept;
  void count_enters() noexcept { worker_.counters.system_calls.add(ring_->take_enters()); }
  bool has_work() const noexcept { return !ready_.empty() || !answers_.empty(); }
  void shut_down();

  // Completions: uring_completions.cpp.
  void dispatch(const Completion& completion) noexcept;
  void on_loop(const Completion& completion) noexcept;
  void on_stream(UringSocket& socket, const Completion& completion) noexcept;
  void took_connection(UringSocket& listener, std::int32_t result) noexcept;
  void took_bytes(UringSocket& socket, const Completion& completion) noexcept;
  void hold_back(UringSocket& socket, std::size_t ahead, std::size_t bound) noexcept;
  void on_reader(UringSocket& socket, std::int32_t result) noexcept;
  void on_writer(UringSocket& socket, const Completion& completion) noexcept;
  void end_write(UringSocket& socket, Op& op, std::int32_t result) noexcept;
  std::optional<std::int32_t> after_connect(UringSocket& socket, ConnectOp& op, std::int32_t result) noexcept;
  void on_closed(UringSocket& socket, std::int32_t result) noexcept;
  void retry_accept_later(UringSocket& listener) noexcept;
  static void retry_accept(Job& job) noexcept;
  void request_done(UringSocket& socket) noexcept;

  // Operations: uring_operations.cpp.
  static UringSocket& socket_of(Op& op) noexcept;
  Submitted start_stream_read(UringSocket& socket, Op& op) noexcept;
  Submitted start_receive_into(ReceiveIntoOp& op) noexcept;
  Submitted start_connect(ConnectOp& op) noexcept;
  Submitted start_shutdown(ShutdownOp& op) noexcept;
  Submitted start_close(CloseOp& op) noexcept;
  void take_ready(UringSocket& socket, Op& op) noexcept;
  void arm_stream(UringSocket& socket) noexcept;
  void request_reader(UringSocket& socket) noexcept;
  void request_writer(UringSocket& socket) noexcept;
  static void tag(io_uring_sqe& entry, const UringSocket* socket, Tag about) noexcept;
  /// The entry, filled in, is a request on behalf of the socket.
  void enlist(io_uring_sqe& entry, UringSocket& socket, Tag about) noexcept;
  void cancel_request(UringSocket& socket, Tag which) noexcept;
  void cancel_locally(Op*& slot) noexcept;
  void begin_close(UringSocket& socket) noexcept;
  void advance_close(UringSocket& socket) noexcept;
  void shut_down_writing(UringSocket& socket, ShutdownOp& op) noexcept;
  void restart_later(UringSocket& socket, Op* op) noexcept;
  Submitted queue_try(Op& op) noexcept;
  void queue_result(Op& op, std::int32_t result) noexcept;
  UringSocket& new_socket(int fd, std::uint16_t home);
  Result<SocketBase*> new_listener(int fd, std::shared_ptr<void> claim);

  // Sends: uring_sends.cpp.
  Submitted start_send(SendOp& op) noexcept;
  void request_send(UringSocket& socket, const SendOp& op, io_uring_sqe& entry) noexcept;
  std::optional<std::int32_t> after_send(UringSocket& socket, SendOp& op, std::int32_t result) noexcept;
  void settle_later(UringSocket& socket, std::int32_t sent) noexcept;
  void on_notification(UringSocket& socket, std::int32_t what) noexcept;
  void end_when_settled(UringSocket& socket, SendOp& op, std::int32_t result) noexcept;
  void give_up_unsettled(UringSocket& socket, std::int32_t error) noexcept;
  void give_up_all_unsettled() noexcept;
  bool sends_zero_copy() const noexcept { return config_.zero_copy_io && ring_->can_send_zero_copy(); }

  // The ring's own table of files: uring_registered.cpp.
  static RingOptions ring_options(const RuntimeConfig& config) noexcept;
  void register_file(UringSocket& socket) noexcept;
  void unregister_file(UringSocket& socket) noexcept;
  bool is_registered(const UringSocket& socket) const noexcept { return socket.registered_in == ring_number_; }

  // Files and foreign descriptors: uring_descriptors.cpp.
  Submitted start_file(FileOp& op) noexcept;
  Submitted start_poll(PollOp& op) noexcept;
  void request_operation(Op& op) noexcept;
  void on_operation(Op& op, std::int32_t result) noexcept;
  void end_operation(Op& op, std::int32_t result) noexcept;
  void cancel_operation(Op& op) noexcept;
  void restart_operations() noexcept;

  Group* group_ = nullptr;
  Runtime* whole_;        ///< the runtime that tasks and sockets see; this, if there is no group
  Dispatcher* dispatch_;  ///< its
  std::atomic<bool>* stop_;
  std::unique_ptr<BufferRing> buffers_;
  std::unique_ptr<Ring> ring_;
  Descriptor wake_;
  Worker worker_;
  RunQueue& ready_ = worker_.ready;
  RunQueue answers_;  ///< pending operations to try or to complete, in order; see Stage
  TimerWheel timers_;
  std::uint32_t budget_ = 0;             ///< answers left for the job that runs now
  std::uint64_t in_flight_ = 0;          ///< requests on descriptors whose last completion has not come
  std::uint64_t closing_ = 0;            ///< sockets and files on their way out
  std::vector<UringSocket*> unsettled_;  ///< each stands at its own `unsettled_at`
  std::uint32_t ring_number_ = 1;        ///< 2 for the second ring, and so on
  bool watches_wake_ups_ = false;
  bool is_quiescing_ = false;
  bool is_cancelling_all_ = false;
  UringSocket* restarts_ = nullptr;
  RunQueue withdrawn_;  ///< operations without a socket whose request was withdrawn at the end of a run
  // Written to by other threads, on a line apart from what the loop touches all the time.
  alignas(64) Inbox inbox_;
  std::atomic<bool> stop_requested_{false};
};

}  // namespace gauntlet
