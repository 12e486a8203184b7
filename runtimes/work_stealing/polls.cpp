// Foreign descriptors: watched by the shared driver for as long as somebody waits.
#include <atomic>
#include <cerrno>
#include <mutex>

#include "runtimes/loop/kernel_edge.hpp"
#include "runtimes/loop/poll_events.hpp"
#include "runtimes/work_stealing/stealing_runtime.hpp"

namespace gauntlet {

Submitted StealingRuntime::start_poll(StealingWorker& worker, PollOp& op) noexcept {
  auto* record = new PollRecord(op);
  op.scratch = unsettled;
  op.native = record;
  DriverRecord* const tag = record;
  give_to_kernel(tag);
  worker.counters.system_calls.add();
  // From then on another worker may complete it.
  if (driver_.poller().watch_once(op.descriptor, poll_events_of(op), tag)) return Submitted::pending;
  op.result = poll_refused(op, errno);
  delete record;
  return Submitted::done;
}

void StealingRuntime::dispatch(StealingWorker& worker, PollRecord& record, std::uint32_t events) {
  PollOp* op = record.claim();
  if (op == nullptr) return;  // cancelled
  settle_poll(worker, record, *op, poll_result(*op, events));
  if (!alone_) return deliver(worker, *op);
  run_job(worker, *op);
}

void StealingRuntime::cancel_poll(StealingWorker& worker, PollOp& op) noexcept {
  PollRecord* record = nullptr;
  {
    // Unsettled now: what leads from here to the freeing of the record waits for this lock.
    const std::lock_guard lock(driver_.records_lock());
    if (std::atomic_ref(op.scratch).load(std::memory_order_acquire) == settled) return;
    record = static_cast<PollRecord*>(op.native);
    if (record->claim() == nullptr) return;
  }
  settle_poll(worker, *record, op, -ECANCELED);
  deliver(worker, op);
}

/// For who has claimed it.
void StealingRuntime::settle_poll(StealingWorker& worker, PollRecord& record, PollOp& op,
                                  std::int32_t result) noexcept {
  op.result = result;
  worker.counters.system_calls.add();
  driver_.poller().forget(op.descriptor);
  std::atomic_ref(op.scratch).store(settled, std::memory_order_release);
  driver_.retire(record);
}

}  // namespace gauntlet
