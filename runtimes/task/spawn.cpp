#include "runtimes/task/spawn.hpp"

#include <atomic>

namespace gauntlet {

namespace {

class PostedFunction final : public Job {
 public:
  PostedFunction(std::move_only_function<void()> function, std::uint16_t where)
      : Job(&call), function_(std::move(function)) {
    worker = where;
  }

 private:
  static void call(Job& job) noexcept {
    const std::unique_ptr<PostedFunction> self(static_cast<PostedFunction*>(&job));
    self->function_();
  }

  std::move_only_function<void()> function_;
};

/// Stops the runtime when the task that it joins has ended.
class StopWhenJoined final : public JoinWaiter {
 public:
  explicit StopWhenJoined(Runtime& stopped) noexcept : runtime_(&stopped) {}
  bool delivered() const noexcept { return delivered_.load(std::memory_order_acquire); }

  void joined() noexcept override {
    delivered_.store(true, std::memory_order_release);
    runtime_->stop();
  }
  bool withdraw() noexcept override { return false; }

 private:
  Runtime* runtime_;
  std::atomic<bool> delivered_{false};
};

}  // namespace

bool detail::admit(Runtime& runtime, TaskCore& core) noexcept {
  TaskShared& task = core.shared();
  const Result<void> admitted = runtime.admit_task();
  if (admitted) {
    core.count_end();
    if (RuntimeHooks* hooks = runtime.hooks()) hooks->on_task_spawn(task.id());
    return true;
  }
  core.refuse(std::make_exception_ptr(TaskRefused(admitted.error())));
  return false;
}

void post_on(Runtime& runtime, std::uint16_t worker, std::move_only_function<void()> function) {
  assert(worker < runtime.workers() && "no such worker");
  runtime.schedule(*new PostedFunction(std::move(function), worker));
}

void post(Runtime& runtime, std::move_only_function<void()> function) {
  runtime.schedule(*new PostedFunction(std::move(function), Job::any_worker));
}

void detail::run_until_finished(Runtime& runtime, JoinHandleBase& task) {
  assert(this_worker() == nullptr && "block_on inside a worker would block its own loop");
  StopWhenJoined waiter(runtime);
  if (!task.wait_with(waiter)) return;
  while (!waiter.delivered()) {
    // Somebody else's stop() may end a run before the task is done, and shut_down() the last of them.
    if (runtime.is_shut_down() && task.stop_waiting_with(waiter)) {
      throw std::system_error(make_error_code(Errc::not_running));
    }
    runtime.run();
  }
}

}  // namespace gauntlet
