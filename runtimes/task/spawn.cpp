#include "runtimes/task/spawn.hpp"

namespace gauntlet {

namespace {

class PostedFunction final : public Job {
 public:
  explicit PostedFunction(std::move_only_function<void()> function) : Job(&call), function_(std::move(function)) {}

 private:
  static void call(Job& job) noexcept {
    const std::unique_ptr<PostedFunction> self(static_cast<PostedFunction*>(&job));
    self->function_();
  }

  std::move_only_function<void()> function_;
};

/// Stops the runtime when the task that it joins has finished.
class StopWhenJoined final : public JoinWaiter {
 public:
  explicit StopWhenJoined(Runtime& stopped) noexcept : JoinWaiter(&stop, &never) { runtime = &stopped; }
  bool delivered() const noexcept { return delivered_.load(std::memory_order_acquire); }

 private:
  static void stop(Job& job) noexcept {
    auto& self = static_cast<StopWhenJoined&>(job);
    Runtime& stopped = *self.runtime;
    self.delivered_.store(true, std::memory_order_release);
    stopped.stop();
  }
  static bool never(ExternalOp&) noexcept { return false; }

  std::atomic<bool> delivered_{false};
};

}  // namespace

void post(Runtime& runtime, std::move_only_function<void()> function) {
  runtime.schedule(*new PostedFunction(std::move(function)));
}

void detail::run_until_finished(Runtime& runtime, TaskShared& task) {
  assert(this_worker() == nullptr && "block_on inside a worker would block its own loop");
  StopWhenJoined waiter(runtime);
  JoinWaiter* expected = nullptr;
  if (!task.joiner.compare_exchange_strong(expected, &waiter, std::memory_order_acq_rel)) return;
  // Somebody else's stop() may end a run before the task is done.
  while (!waiter.delivered()) runtime.run();
}

}  // namespace gauntlet
