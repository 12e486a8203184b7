// What an event of the shared epoll instance names.
#pragma once

#include <atomic>
#include <cstdint>

#include "runtimes/contract/op.hpp"

namespace gauntlet {

/// Freed by its driver, when no event can name it any more; see IoDriver.
class DriverRecord {
 public:
  enum class Kind : std::uint8_t { socket, poll };
  explicit DriverRecord(Kind of) noexcept : kind(of) {}
  DriverRecord(const DriverRecord&) = delete;
  DriverRecord& operator=(const DriverRecord&) = delete;
  virtual ~DriverRecord() = default;

  const Kind kind;
  DriverRecord* next_retired = nullptr;
};

/// A foreign descriptor that somebody waits for. Whoever takes the operation out sees to its end.
class PollRecord final : public DriverRecord {
 public:
  explicit PollRecord(PollOp& waiting) noexcept : DriverRecord(Kind::poll), op_(&waiting) {}

  /// Null: somebody else has it.
  PollOp* claim() noexcept { return op_.exchange(nullptr, std::memory_order_acq_rel); }

 private:
  std::atomic<PollOp*> op_;
};

}  // namespace gauntlet
