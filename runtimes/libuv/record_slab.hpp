// Records that a library needs while an operation is under way, without the heap.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace gauntlet {

/// Equal records, made in blocks and used again, last in first out. `Record` has a member `next`, free for the slab
/// while nobody holds the record. Grows when all are out, never shrinks. One thread.
template <typename Record>
class RecordSlab {
 public:
  static constexpr std::size_t records_per_block = 64;

  RecordSlab() = default;
  RecordSlab(const RecordSlab&) = delete;
  RecordSlab& operator=(const RecordSlab&) = delete;

  /// As its last holder left it. Throws std::bad_alloc.
  Record& take() {
    if (free_ == nullptr) grow();
    Record& record = *free_;
    free_ = record.next;
    return record;
  }

  void give_back(Record& record) noexcept {
    record.next = free_;
    free_ = &record;
  }

  std::size_t capacity() const noexcept { return blocks_.size() * records_per_block; }

 private:
  void grow() {
    blocks_.push_back(std::make_unique<Record[]>(records_per_block));
    for (std::size_t i = records_per_block; i > 0; --i) give_back(blocks_.back()[i - 1]);
  }

  std::vector<std::unique_ptr<Record[]>> blocks_;
  Record* free_ = nullptr;
};

}  // namespace gauntlet
