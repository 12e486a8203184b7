// Foreign descriptors: a stream_descriptor that borrows one for as long as somebody waits.
#include <boost/asio/error.hpp>
#include <memory>
#include <utility>

#include "runtimes/asio/asio_loop.hpp"
#include "runtimes/loop/poll_events.hpp"

namespace gauntlet {

namespace asio = boost::asio;

Submitted AsioLoop::start_poll(PollOp& op) noexcept {
  AsioPoll& poll = take_poll();
  ErrorCode error;
  worker_.counters.system_calls.add();
  poll.descriptor.assign(op.descriptor, error);
  if (error) {
    give_back_poll(poll);
    op.result = poll_refused(op, error.value());
    return Submitted::done;
  }
  op.scratch = waiting;
  op.native = &poll;
  poll.op = &op;
  poll.ready = 0;
  poll.failure = -ECANCELED;
  poll.has_given_up_fd = false;
  using Direction = asio::posix::descriptor_base;
  if (op.wants(PollFor::read)) wait_for(poll, PollFor::read, Direction::wait_read, poll.memory[0]);
  if (op.wants(PollFor::write)) wait_for(poll, PollFor::write, Direction::wait_write, poll.memory[1]);
  return Submitted::pending;
}

void AsioLoop::wait_for(AsioPoll& poll, PollFor what, asio::posix::descriptor_base::wait_type direction,
                        HandlerMemory& memory) noexcept {
  ++poll.outstanding;
  worker_.counters.system_calls.add();
  poll.descriptor.async_wait(
      direction, HandlerIn(memory, [this, &poll, what](const ErrorCode& error) { on_polled(poll, what, error); }));
}

void AsioLoop::on_polled(AsioPoll& poll, PollFor what, const ErrorCode& error) noexcept {
  enter_handler();
  --poll.outstanding;
  if (!error || error == asio::error::operation_not_supported) {  // a regular file, which never blocks
    poll.ready |= static_cast<std::uint8_t>(what);
  } else if (error != asio::error::operation_aborted) {
    poll.failure = -error.value();
  }
  give_up_descriptor(poll);
  if (poll.outstanding > 0) return;
  PollOp& op = *poll.op;
  op.result = poll.ready != 0 ? poll.ready : poll.failure;
  give_back_poll(poll);
  complete(op);
}

/// Ends what still waits for it.
void AsioLoop::give_up_descriptor(AsioPoll& poll) noexcept {
  if (std::exchange(poll.has_given_up_fd, true)) return;
  worker_.counters.system_calls.add();
  poll.descriptor.release();
}

void AsioLoop::cancel_poll(PollOp& op) noexcept {
  op.scratch = cancel_asked;
  give_up_descriptor(*static_cast<AsioPoll*>(op.native));
}

AsioPoll& AsioLoop::take_poll() {
  if (free_polls_ == nullptr) {
    polls_.push_back(std::make_unique<AsioPoll>(context_.get_executor()));
    return *polls_.back();
  }
  AsioPoll& poll = *free_polls_;
  free_polls_ = poll.next;
  return poll;
}

void AsioLoop::give_back_poll(AsioPoll& poll) noexcept {
  poll.next = free_polls_;
  free_polls_ = &poll;
}

}  // namespace gauntlet
