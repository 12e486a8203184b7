// The handlers that are not about sockets: pump, inbox, alarm; and the life of the loop.
#include "runtimes/asio/asio_loop.hpp"

#include <boost/asio/post.hpp>
#include <cassert>

#include "runtimes/contract/worker_thread.hpp"
#include "runtimes/loop/socket_calls.hpp"
#include "runtimes/task/core.hpp"

namespace gauntlet {

namespace asio = boost::asio;

namespace {

/// Jobs and answers taken in one handler, so that ready tasks cannot keep out the network; and handlers in one
/// poll_once().
constexpr int batch = 256;

}  // namespace

Result<Endpoint> AsioSocket::local_endpoint() const { return local_endpoint_of(descriptor()); }
Result<Endpoint> AsioSocket::remote_endpoint() const { return remote_endpoint_of(descriptor()); }

AsioLoop::AsioLoop(AsioGroup& group, const RuntimeConfig& config, std::uint16_t index)
    : config_(config),
      group_(group),
      context_(concurrency_hint),
      work_(asio::make_work_guard(context_)),
      alarm_(context_),
      buffers_(config.buffers_per_worker, config.buffer_bytes) {
  worker_.runtime = group.runtime;
  worker_.index = index;
  // "Asleep" means here that the inbox has no handler posted.
  inbox_.fall_asleep();
}

void AsioLoop::enqueue(Job& job, Worker* here) noexcept {
  if (here == &worker_) {
    ready_.push(job);
    return post_pump();
  }
  if (inbox_.push(job)) post_inbox();
}

void AsioLoop::post_pump() noexcept {
  if (is_pump_posted_) return;
  is_pump_posted_ = true;
  asio::post(context_, HandlerIn(pump_memory_, [this] { pump(); }));
}

void AsioLoop::post_inbox() noexcept {
  // One memory for all threads: only who ends the inbox's sleep posts, and it sleeps again once the handler runs.
  asio::post(context_, HandlerIn(inbox_memory_, [this] { take_inbox(); }));
}

void AsioLoop::take_inbox() noexcept {
  enter_handler();
  worker_.counters.remote_wakeups.add();
  do {
    inbox_.drain(ready_);
  } while (!inbox_.fall_asleep());
  if (has_work()) post_pump();
}

void AsioLoop::pump() noexcept {
  enter_handler();
  run_ready();
  answer_queued();
  expire_timers();
  is_pump_posted_ = false;
  if (!has_work()) return;
  is_turn_over_ = true;
  post_pump();
}

void AsioLoop::run_ready() noexcept {
  for (int i = 0; i < batch; ++i) {
    Job* job = ready_.pop();
    if (job == nullptr) return;
    budget_ = config_.turn_budget;
    worker_.counters.jobs_run.add();
    job->run(*job);
  }
}

void AsioLoop::answer_queued() noexcept {
  for (int i = 0; i < batch; ++i) {
    Job* job = answers_.pop();
    if (job == nullptr) return;
    Op& op = static_cast<Op&>(*job);
    if (op.scratch != queued_to_try) {
      complete(op);
      continue;
    }
    op.scratch = waiting;
    SocketBase* socket =
        op.kind() == OpKind::receive ? static_cast<ReceiveOp&>(op).socket : static_cast<ReceiveIntoOp&>(op).socket;
    try_pending(static_cast<AsioStream&>(*socket));
  }
}

void AsioLoop::complete(Op& op) noexcept {
  budget_ = config_.turn_budget;
  worker_.counters.jobs_run.add();
  op.run(op);
}

void AsioLoop::queue_result(Op& op, std::int32_t result) noexcept {
  op.result = result;
  const bool is_in_queue = op.scratch == queued_to_try;
  op.scratch = queued_to_complete;
  if (is_in_queue) return;
  answers_.push(op);
  post_pump();
}

void AsioLoop::expire_timers() noexcept {
  if (timers_.empty()) return;
  const auto now = TimerWheel::Clock::now();
  while (TimerOp* timer = timers_.pop_due(now)) {
    worker_.counters.timers_fired.add();
    timer->result = 0;
    complete(*timer);
  }
}

void AsioLoop::set_alarm() noexcept {
  const auto next = timers_.next_deadline();
  if (!next) return;
  if (is_alarm_set_) {
    if (*next >= alarm_deadline_) return;
    // Its handler comes now, cancelled or not, and sets it anew: so there is never more than one to find memory for.
    alarm_deadline_ = *next;
    alarm_.cancel();
    return;
  }
  is_alarm_set_ = true;
  alarm_deadline_ = *next;
  worker_.counters.system_calls.add();
  alarm_.expires_at(*next);
  alarm_.async_wait(HandlerIn(alarm_memory_, [this](const ErrorCode&) { on_alarm(); }));
}

void AsioLoop::on_alarm() noexcept {
  enter_handler();
  is_alarm_set_ = false;
  expire_timers();
  set_alarm();
}

void AsioLoop::run_until_stopped() {
  const WorkerThread thread(worker_);
  // The loop: an end_run() for an earlier run may reach the io_context late.
  while (!group_.stop_requested.load(std::memory_order_seq_cst)) {
    context_.restart();
    if (group_.stop_requested.load(std::memory_order_seq_cst)) break;
    context_.run();
  }
}

bool AsioLoop::run_some_handlers() {
  context_.restart();
  is_turn_over_ = false;
  int ran = 0;
  while (ran < batch && !is_turn_over_ && context_.poll_one() != 0) ++ran;
  return ran > 0;
}

Turn AsioLoop::poll_once() {
  const WorkerScope scope(worker_);
  const std::uint64_t before = worker_.counters.jobs_run.read();
  run_some_handlers();
  return {.ran_anything = worker_.counters.jobs_run.read() != before, .next_deadline = timers_.next_deadline()};
}

void AsioLoop::begin_shut_down() noexcept {
  const WorkerScope scope(worker_);
  worker_.draining = true;
  for (TaskBase* task = worker_.tasks.first(); task != nullptr; task = task->next_live) {
    static_cast<TaskCore*>(task)->request_cancel();
  }
}

bool AsioLoop::drain(bool may_wait) {
  const WorkerScope scope(worker_);
  if (!may_wait) return run_some_handlers();
  context_.restart();
  return context_.run_one() != 0;
}

}  // namespace gauntlet
