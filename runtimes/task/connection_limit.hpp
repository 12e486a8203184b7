// How many connections a server serves at once.
#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "runtimes/task/core.hpp"

namespace gauntlet {

/// A number of places, held by whoever serves a connection; those who find none wait in turn. Any thread; waiting on
/// workers of the runtime. Must not end while somebody waits or holds a place: a Place keeps it alive.
class ConnectionLimit : public std::enable_shared_from_this<ConnectionLimit> {
 public:
  ConnectionLimit(Runtime& runtime, std::uint32_t places) noexcept : runtime_(&runtime), free_(places) {}

  /// One place; given back when it goes out of scope. Empty by default.
  class Place {
   public:
    Place() noexcept = default;
    explicit Place(std::shared_ptr<ConnectionLimit> limit) noexcept : limit_(std::move(limit)) {}
    Place(Place&&) noexcept = default;
    Place& operator=(Place&& other) noexcept {
      std::swap(limit_, other.limit_);
      return *this;
    }
    ~Place() {
      if (limit_ != nullptr) limit_->give_back();
    }
    explicit operator bool() const noexcept { return limit_ != nullptr; }

   private:
    std::shared_ptr<ConnectionLimit> limit_;
  };

  class Wait final : private ExternalWait {
   public:
    explicit Wait(ConnectionLimit& limit) noexcept : limit_(limit.shared_from_this()) {}
    ~Wait();
    bool await_ready() const noexcept { return false; }
    template <typename Promise>
    bool await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
      return suspend(awaiting.promise());
    }
    Place await_resume() noexcept {
      has_place_ = false;
      return Place(std::move(limit_));
    }

   private:
    friend class ConnectionLimit;
    bool suspend(TaskCore& core) noexcept;
    bool enlist() noexcept;
    bool withdraw() noexcept override;

    std::shared_ptr<ConnectionLimit> limit_;
    Wait* previous_ = nullptr;
    Wait* next_ = nullptr;
    bool is_listed_ = false;
    bool has_place_ = false;  ///< that nobody has taken out yet: a task may be dropped before it goes on
  };

  /// `co_await` it: a place, as soon as there is one.
  Wait take() noexcept { return Wait(*this); }
  /// A place if there is one now.
  Place try_take() noexcept;

 private:
  void give_back() noexcept;
  void unlink(Wait& wait) noexcept;

  Runtime* runtime_;
  std::mutex mutex_;
  std::uint32_t free_;
  Wait* first_ = nullptr;
  Wait* last_ = nullptr;
};

}  // namespace gauntlet
