// One libuv loop of one worker: ready queue, timers, sockets, inbox.
#pragma once

#include <uv.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "runtimes/contract/file_op.hpp"
#include "runtimes/contract/run_queue.hpp"
#include "runtimes/contract/runtime.hpp"
#include "runtimes/contract/worker_thread.hpp"
#include "runtimes/libuv/record_slab.hpp"
#include "runtimes/libuv/uv_socket.hpp"
#include "runtimes/loop/buffer_pool.hpp"
#include "runtimes/loop/inbox.hpp"
#include "runtimes/loop/shared_endpoints.hpp"
#include "runtimes/loop/timer_wheel.hpp"

namespace gauntlet {

/// What libuv wants to have while it works on a file; from the loop's slab.
struct UvFileRequest {
  uv_fs_t fs;
  FileOp* op = nullptr;
  UvFileRequest* next = nullptr;
};

/// A handle that polls a foreign descriptor; from the loop's slab.
struct UvPoll {
  uv_poll_t handle;
  PollOp* op = nullptr;
  UvPoll* next = nullptr;
};

/// What the loops of one runtime share.
struct UvGroup {
  Runtime* runtime = nullptr;  ///< whom sockets, buffers and workers belong to
  Dispatcher* dispatcher = nullptr;
  bool hands_on = false;  ///< an accepted socket goes to the worker that the dispatcher chooses
  SharedEndpoints endpoints = {};
  std::atomic<bool> stop_requested{false};
};

/// Driven as libuv is meant to be: reading and listening stay switched on, and what their callbacks bring resumes the
/// waiting task right there. uv_prepare runs the ready queue before the kernel is asked, uv_check fires the timers
/// behind it; an active uv_idle is what keeps libuv from blocking while something is ready. Foreign threads reach the
/// loop through the inbox and uv_async.
///
/// All functions on the worker's thread, but enqueue(), rouse() and counters(); from shutting down on, on the owner's.
class UvEngine {
 public:
  /// The loop of worker `index`; the group outlives it.
  static Result<std::unique_ptr<UvEngine>> open(UvGroup& group, const RuntimeConfig& config, std::uint16_t index);
  /// When drained, if it ever ran.
  ~UvEngine();
  UvEngine(const UvEngine&) = delete;
  UvEngine& operator=(const UvEngine&) = delete;

  void enqueue(Job& job, Worker* here) noexcept;
  Submitted submit(Op& op) noexcept;
  void cancel(Op& op) noexcept;
  Result<SocketBase*> listen(const Endpoint& endpoint);
  void give_back(std::byte* data, std::uint32_t token) noexcept { buffers_.give_back(data, token); }

  /// Until the group's flag is set.
  void run_until_stopped();
  Turn poll_once();
  /// Makes the loop look at the flag.
  void rouse() noexcept;
  /// Flags every task; what resumes one next drops it.
  void begin_shut_down() noexcept;
  /// One turn. Blocks if `may_wait` and what is left can only come from another thread.
  void drain(bool may_wait);
  /// Between turns: no task, no job, and no socket or file on its way out is left.
  bool is_drained() const noexcept { return worker_.tasks.empty() && !has_jobs() && file_closes_ == 0; }
  bool has_jobs() const noexcept { return has_work() || inbox_.has_jobs() || closing_ > 0; }

  const WorkerCounters& counters() const noexcept { return worker_.counters; }

 private:
  /// Where a pending operation stands; kept in Op::scratch. Timers in the wheel use scratch for their slot.
  enum Stage : std::uint16_t {
    waiting = 0,  ///< for the stream, or for libuv to call back
    queued_to_try,
    queued_to_complete,
    cancel_asked,  ///< the handle is being closed for it
    cancelled_timer = 0xffff
  };

  UvEngine(UvGroup& group, const RuntimeConfig& config, std::uint16_t index);
  int open_handles() noexcept;
  void close_handles() noexcept;

  // Turn: uv_engine.cpp.
  static UvEngine& engine_of(const uv_loop_t* loop) noexcept { return *static_cast<UvEngine*>(loop->data); }
  template <typename Handle>
  static UvSocket& socket_of(const Handle* handle) noexcept {
    return *static_cast<UvSocket*>(handle->data);
  }
  void before_poll();
  void hear() noexcept {
    has_heard_ = true;
    parking_.reset();
  }
  void after_poll();
  void run_ready();
  void answer_queued();
  void expire_timers();
  void block_or_not() noexcept;
  void arm_timer() noexcept;
  void complete(Op& op) noexcept;
  bool has_work() const noexcept { return !ready_.empty() || !answers_.empty(); }

  // Callbacks of streams: uv_callbacks.cpp.
  static void on_memory_wanted(uv_handle_t* handle, std::size_t suggested, uv_buf_t* memory);
  static void on_read(uv_stream_t* stream, ssize_t size, const uv_buf_t* memory);
  static void on_connection(uv_stream_t* server, int status);
  static void on_written(uv_write_t* request, int status);
  static void on_connected(uv_connect_t* request, int status);
  static void on_shut_down(uv_shutdown_t* request, int status);
  static void on_closed(uv_handle_t* handle);
  void took_bytes(UvSocket& socket, std::uint32_t size) noexcept;
  void take_connection(UvSocket& listener);
  UvSocket& accept_here(UvSocket& listener);
  UvSocket* accept_for(std::uint16_t home, UvSocket& listener);
  void retry_accept_later(UvSocket& listener) noexcept;
  static void retry_accept(Job& job) noexcept;
  bool has_spare_descriptor() noexcept;
  bool may_answer_here(UvSocket& socket) noexcept;
  void answer_reader(UvSocket& socket) noexcept;
  void finish_write(UvSocket& socket, Op& op, std::int32_t result) noexcept;

  // Operations: uv_operations.cpp.
  static UvSocket& socket_of_op(Op& op) noexcept;
  Submitted start_read(UvSocket& socket, Op& op) noexcept;
  Submitted start_receive(Op& op, UvSocket::ReceiveKind kind) noexcept;
  Submitted start_send(SendOp& op) noexcept;
  Submitted start_shutdown(ShutdownOp& op) noexcept;
  Submitted queue_try(Op& op) noexcept;
  void queue_result(Op& op, std::int32_t result) noexcept;
  void cancel_locally(Op*& slot) noexcept;
  void cancel_write(UvSocket& socket, Op& op) noexcept;
  void take_ready(UvSocket& socket, Op& op) noexcept;
  void take_bytes(UvSocket& socket, Op& op) noexcept;
  void take_accepted(UvSocket& listener, AcceptOp& op) noexcept;
  void drop_chunk(UvSocket& socket) noexcept;
  void start_reading(UvSocket& socket) noexcept;
  /// True: `result` is set. False: the kernel takes no more for now.
  bool try_send(UvSocket& socket, SendOp& op) noexcept;
  /// False: `result` is set. True: on_written will be called.
  bool queue_write(UvSocket& socket, SendOp& op) noexcept;
  static void settle_sent(UvSocket& socket) noexcept;
  void begin_shutdown(UvSocket& socket) noexcept;
  UvRequest& new_request(UvSocket& socket, Op& op);

  // Files: uv_files.cpp.
  Submitted start_file(FileOp& op) noexcept;
  void cancel_file(FileOp& op) noexcept;
  static void on_file(uv_fs_t* fs);

  // Foreign descriptors: uv_polls.cpp.
  Submitted start_poll(PollOp& op) noexcept;
  void cancel_poll(PollOp& op) noexcept;
  void close_poll(UvPoll& poll) noexcept;
  static void on_polled(uv_poll_t* handle, int status, int events);

  // Handles: uv_handles.cpp.
  Submitted start_connect(ConnectOp& op) noexcept;
  Submitted start_close(CloseOp& op) noexcept;
  void begin_close(UvSocket& socket) noexcept;
  UvSocket& new_socket() { return new_socket_of(worker_.index); }
  UvSocket& new_socket_of(std::uint16_t home);
  int bind_and_listen(UvSocket& listener, const Endpoint& endpoint);
  /// Every function that needs the handle of a stream calls it first.
  void ensure_handle(UvSocket& socket) noexcept {
    if (socket.tcp == nullptr) adopt_handed(socket);
  }
  void adopt_handed(UvSocket& socket) noexcept;
  /// A handle of its own for the socket; `family` AF_UNSPEC: without a descriptor. 0 or minus an errno.
  int open_handle(UvSocket& socket, unsigned family);
  void close_handle(UvSocket& socket) noexcept;
  void replace_handle(UvSocket& socket) noexcept;
  /// A descriptor of no use but to be copied onto, or minus an errno.
  static int reserve_descriptor() noexcept;
  static void copy_onto(int reserved, const uv_tcp_t* from) noexcept;

  RuntimeConfig config_;
  UvGroup& group_;
  Worker worker_;
  uv_loop_t loop_{};
  uv_async_t wake_{};
  uv_prepare_t before_{};
  uv_check_t after_{};
  uv_idle_t busy_{};
  uv_timer_t timer_{};
  RunQueue& ready_ = worker_.ready;
  RunQueue answers_;  ///< pending operations to try or to complete, in order; see Stage
  TimerWheel timers_;
  BufferPool buffers_;
  BufferPool::Piece landing_{};  ///< where libuv reads now; no data: straight into the memory of the reader
  RecordSlab<UvRequest> requests_;
  RecordSlab<UvChunk> chunks_;
  RecordSlab<UvFileRequest> file_requests_;
  RecordSlab<UvPoll> polls_;
  std::uint32_t budget_ = 0;  ///< answers left for the job that runs now
  std::uint32_t turn_ = 0;
  std::uint64_t closing_ = 0;      ///< sockets and polls on their way out
  std::uint64_t file_closes_ = 0;  ///< files of which a thread of libuv's is closing the descriptor, or will
  bool may_block_ = false;
  bool has_heard_ = false;          ///< something came from the kernel in this turn
  std::optional<Parking> parking_;  ///< from before the poll until something is heard, or nothing was
  Inbox inbox_;
};

}  // namespace gauntlet
