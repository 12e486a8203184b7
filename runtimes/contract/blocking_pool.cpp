#include "runtimes/contract/blocking_pool.hpp"

#include <exception>

#include "runtimes/contract/hooks.hpp"
#include "runtimes/contract/worker_thread.hpp"

namespace gauntlet {

BlockingPool::~BlockingPool() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool BlockingPool::submit(BlockingJob& job) noexcept {
  {
    const std::lock_guard lock(mutex_);
    // Threads that are idle, or soon will be, and have nothing queued for them yet.
    const bool needs_thread = queued_ >= idle_ && threads_.size() < config_.blocking_threads;
    if (needs_thread && !start_thread() && threads_.empty()) return false;
    push(job);
  }
  work_.notify_one();
  return true;
}

bool BlockingPool::remove(BlockingJob& job) noexcept {
  const std::lock_guard lock(mutex_);
  if (!job.queued_) return false;
  unlink(job);
  return true;
}

std::size_t BlockingPool::threads() const {
  const std::lock_guard lock(mutex_);
  return threads_.size();
}

bool BlockingPool::start_thread() noexcept {
  try {
    threads_.reserve(threads_.size() + 1);  // or a thread would be lost to the vector's own failure
    threads_.emplace_back([this, index = static_cast<std::uint32_t>(threads_.size())] { serve(index); });
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

void BlockingPool::serve(std::uint32_t index) noexcept {
  begin_blocking_thread(config_.worker_thread_name, index, cpus_);
  RuntimeHooks* hooks = config_.hooks.get();
  if (hooks != nullptr) hooks->on_thread_start({RuntimeThread::Kind::blocking, index});
  make_calls();
  if (hooks != nullptr) hooks->on_thread_stop({RuntimeThread::Kind::blocking, index});
}

void BlockingPool::make_calls() noexcept {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    work_.wait(lock, [this] { return first_ != nullptr || ending_; });
    --idle_;
    if (first_ == nullptr) return;
    BlockingJob& job = *first_;
    unlink(job);
    lock.unlock();
    job.run(job);
    lock.lock();
  }
}

void BlockingPool::push(BlockingJob& job) noexcept {
  job.previous_ = last_;
  job.next_ = nullptr;
  (last_ != nullptr ? last_->next_ : first_) = &job;
  last_ = &job;
  job.queued_ = true;
  ++queued_;
}

void BlockingPool::unlink(BlockingJob& job) noexcept {
  (job.previous_ != nullptr ? job.previous_->next_ : first_) = job.next_;
  (job.next_ != nullptr ? job.next_->previous_ : last_) = job.previous_;
  job.queued_ = false;
  --queued_;
}

}  // namespace gauntlet
