// Foreign descriptors: a uv_poll each, for as long as somebody waits.
#include <utility>

#include "runtimes/libuv/uv_engine.hpp"
#include "runtimes/loop/poll_events.hpp"

namespace gauntlet {

Submitted UvEngine::start_poll(PollOp& op) noexcept {
  op.scratch = waiting;
  UvPoll& poll = polls_.take();
  worker_.counters.system_calls.add(2);
  // Not among the loop's handles, if it fails.
  if (const int error = uv_poll_init(&loop_, &poll.handle, op.descriptor); error < 0) {
    polls_.give_back(poll);
    op.result = poll_refused(op, -error);
    return Submitted::done;
  }
  poll.handle.data = &poll;
  poll.op = &op;
  op.native = &poll;
  const int events = (op.wants(PollFor::read) ? UV_READABLE : 0) | (op.wants(PollFor::write) ? UV_WRITABLE : 0);
  uv_poll_start(&poll.handle, events, &on_polled);
  return Submitted::pending;
}

void UvEngine::on_polled(uv_poll_t* handle, int status, int events) {
  UvEngine& self = engine_of(handle->loop);
  auto& poll = *static_cast<UvPoll*>(handle->data);
  PollOp& op = *poll.op;
  self.hear();
  self.close_poll(poll);
  std::uint32_t seen = status < 0 ? POLLERR : 0;
  if ((events & UV_READABLE) != 0) seen |= POLLIN;
  if ((events & UV_WRITABLE) != 0) seen |= POLLOUT;
  op.result = poll_result(op, seen);
  self.complete(op);
}

void UvEngine::cancel_poll(PollOp& op) noexcept {
  close_poll(*static_cast<UvPoll*>(op.native));
  queue_result(op, -ECANCELED);
}

/// The descriptor may be polled again at once; the record is libuv's until it calls back.
void UvEngine::close_poll(UvPoll& poll) noexcept {
  worker_.counters.system_calls.add();
  ++closing_;
  uv_close(reinterpret_cast<uv_handle_t*>(&poll.handle), [](uv_handle_t* handle) {
    UvEngine& self = engine_of(handle->loop);
    --self.closing_;
    self.polls_.give_back(*static_cast<UvPoll*>(handle->data));
  });
}

}  // namespace gauntlet
