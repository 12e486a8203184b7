// What is left of a gathering send, as a buffer sequence of Asio.
#pragma once

#include <sys/uio.h>

#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <iterator>
#include <span>

namespace gauntlet {

/// A ConstBufferSequence over pieces of which the first `sent` bytes are gone. Copies nothing: the pieces must outlive
/// it. Empty pieces at the front are left out.
class UnsentPieces {
 public:
  class Iterator {
   public:
    using iterator_category = std::bidirectional_iterator_tag;
    using value_type = boost::asio::const_buffer;
    using difference_type = std::ptrdiff_t;
    using pointer = const value_type*;
    using reference = value_type;

    Iterator() noexcept = default;
    Iterator(const iovec* at, const iovec* cut, std::size_t skip) noexcept : at_(at), cut_(cut), skip_(skip) {}

    value_type operator*() const noexcept {
      const value_type whole(at_->iov_base, at_->iov_len);
      return at_ == cut_ ? whole + skip_ : whole;
    }
    Iterator& operator++() noexcept {
      ++at_;
      return *this;
    }
    Iterator operator++(int) noexcept { return Iterator(at_++, cut_, skip_); }
    Iterator& operator--() noexcept {
      --at_;
      return *this;
    }
    Iterator operator--(int) noexcept { return Iterator(at_--, cut_, skip_); }
    bool operator==(const Iterator& other) const noexcept { return at_ == other.at_; }

   private:
    const iovec* at_ = nullptr;
    const iovec* cut_ = nullptr;  ///< the piece that was sent in part
    std::size_t skip_ = 0;
  };

  UnsentPieces(std::span<const iovec> pieces, std::size_t sent) noexcept : rest_(pieces), skip_(sent) {
    while (!rest_.empty() && skip_ >= rest_.front().iov_len) {
      skip_ -= rest_.front().iov_len;
      rest_ = rest_.subspan(1);
    }
  }

  Iterator begin() const noexcept { return Iterator(rest_.data(), rest_.data(), skip_); }
  Iterator end() const noexcept { return Iterator(rest_.data() + rest_.size(), rest_.data(), skip_); }
  std::size_t count() const noexcept { return rest_.size(); }

 private:
  std::span<const iovec> rest_;
  std::size_t skip_;
};

}  // namespace gauntlet
