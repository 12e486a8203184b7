// Files. Reading and writing are Asio's where it has them, which is on io_uring; opening, syncing and closing block in
// Asio, and on epoll it has no files at all: all that goes to the blocking pool.
#include "runtimes/contract/file.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <memory>
#include <utility>

#include "runtimes/asio/asio_loop.hpp"
#include "runtimes/contract/pooled_files.hpp"

namespace gauntlet {

#if defined(BOOST_ASIO_HAS_FILE)

namespace asio = boost::asio;

const char* AsioLoop::files_setting() noexcept {
  return "random_access_file; open, sync and close on the blocking pool";
}

Submitted AsioLoop::start_file(FileOp& op) noexcept {
  if (!op.begin(*group_.runtime, worker_.index)) return Submitted::pending;
  worker_.counters.file_operations.add();
  const bool reads = op.action == FileOp::Action::read;
  if (!reads && op.action != FileOp::Action::write) return call_on_pool(op, *group_.runtime);
  AsioFileLane& lane = take_lane();
  lane.op = &op;
  op.native = &lane;
  ErrorCode error;
  lane.file.assign(op.file->descriptor, error);
  if (error) {
    give_back_lane(lane);
    op.native = nullptr;
    (void)op.end(-error.value());
    return Submitted::done;
  }
  HandlerIn handler(lane.memory,
                    [this, &lane](const ErrorCode& failed, std::size_t bytes) { on_file_moved(lane, failed, bytes); });
  const asio::mutable_buffer memory(op.memory.data(), op.memory.size());
  if (reads) {
    lane.file.async_read_some_at(op.offset, memory, std::move(handler));
  } else {
    lane.file.async_write_some_at(op.offset, asio::const_buffer(memory), std::move(handler));
  }
  return Submitted::pending;
}

void AsioLoop::on_file_moved(AsioFileLane& lane, const ErrorCode& error, std::size_t bytes) noexcept {
  enter_handler();
  FileOp& op = *lane.op;
  ErrorCode ignored;  // it only forgets the descriptor, which is not its own
  lane.file.release(ignored);
  give_back_lane(lane);
  op.native = nullptr;
  const bool is_at_end = error == asio::error::eof;
  if (op.end(error && !is_at_end ? -error.value() : static_cast<std::int32_t>(bytes))) complete(op);
}

void AsioLoop::cancel_file(FileOp& op) noexcept {
  // What Asio has begun ends by itself. To cancel it is not safe in Boost 1.81: the request that cancels carries
  // whatever user_data its slot of the ring had before, and its completion (ENOENT, when it comes too late) is then
  // taken for that of another operation, which is lost.
  if (op.native == nullptr) cancel_on_pool(op);
}

AsioFileLane& AsioLoop::take_lane() {
  if (free_lanes_ == nullptr) {
    lanes_.push_back(std::make_unique<AsioFileLane>(context_.get_executor()));
    return *lanes_.back();
  }
  AsioFileLane& lane = *free_lanes_;
  free_lanes_ = lane.next;
  return lane;
}

void AsioLoop::give_back_lane(AsioFileLane& lane) noexcept {
  lane.next = free_lanes_;
  free_lanes_ = &lane;
}

#else

const char* AsioLoop::files_setting() noexcept { return "blocking pool"; }

Submitted AsioLoop::start_file(FileOp& op) noexcept { return submit_to_pool(op, *group_.runtime); }

void AsioLoop::cancel_file(FileOp& op) noexcept { cancel_on_pool(op); }

#endif

}  // namespace gauntlet
