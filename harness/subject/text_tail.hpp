// The last words of a process.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gauntlet {

/// Keeps the last kLimit bytes of what is appended, in bounded memory.
class TextTail {
 public:
  static constexpr std::size_t kLimit = 4096;

  void append(std::string_view text) {
    text_.append(text);
    if (text_.size() > kLimit) {
      text_.erase(0, text_.size() - kLimit);
      cut_ = true;
    }
  }
  /// Begins with "..." when something is missing before it.
  std::string text() const { return cut_ ? "..." + text_ : text_; }

 private:
  std::string text_;
  bool cut_ = false;
};

}  // namespace gauntlet
