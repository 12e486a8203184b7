#include "harness/measure/stack_folder.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "harness/measure/proc_text.hpp"

namespace gauntlet {
namespace {

constexpr std::size_t kLongestLine = 16 << 10;
constexpr std::size_t kLongestName = 160;
constexpr std::size_t kMostFrames = 128;
constexpr std::size_t kMostStacksHeld = 20'000;
constexpr std::size_t kMostThreadNames = 256;
constexpr std::string_view kOtherStacks = "[other stacks]";

std::string_view take_last_word(std::string_view& text) {
  text = trimmed(text);
  const std::size_t at = text.find_last_of(" \t");
  const std::string_view word = at == std::string_view::npos ? text : text.substr(at + 1);
  text = at == std::string_view::npos ? std::string_view() : trimmed(text.substr(0, at));
  return word;
}

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "59833.810250221:", always with nine decimals.
std::optional<std::int64_t> time_ns(std::string_view word) {
  constexpr std::size_t decimals = 9;
  constexpr std::int64_t longest_s = 9'000'000'000;
  if (!word.ends_with(':')) return std::nullopt;
  word.remove_suffix(1);
  const std::size_t point = word.find('.');
  if (point == std::string_view::npos || word.size() - point - 1 != decimals) return std::nullopt;
  const auto seconds = whole_number<std::int64_t>(word.substr(0, point));
  const auto fraction = whole_number<std::uint32_t>(word.substr(point + 1));
  if (!seconds || !fraction || *seconds < 0 || *seconds > longest_s) return std::nullopt;
  return *seconds * 1'000'000'000 + *fraction;
}

/// A frame's name must not hold what separates frames, and folded stacks are lines.
std::string fit_for_folding(std::string_view name) {
  std::string fit(name.substr(0, kLongestName));
  std::ranges::replace(fit, ';', ':');
  return fit;
}

/// Of the upper half of the address space.
bool is_kernel_address(std::string_view hexadecimal) { return hexadecimal.size() == 16 && hexadecimal.front() >= '8'; }

std::string_view file_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace

void StackFolder::add(std::string_view piece) {
  while (!piece.empty()) {
    const std::size_t end = piece.find('\n');
    const std::size_t room = kLongestLine - std::min(unfinished_line_.size(), kLongestLine);
    unfinished_line_.append(piece.substr(0, std::min(end, room)));
    if (end == std::string_view::npos) return;
    take_line(std::exchange(unfinished_line_, {}));
    piece.remove_prefix(end + 1);
  }
}

void StackFolder::finish() {
  if (!unfinished_line_.empty()) take_line(std::exchange(unfinished_line_, {}));
  end_sample();
}

void StackFolder::take_line(std::string_view line) {
  if (trimmed(line).empty()) return end_sample();
  if (line.front() == '\t') return take_frame(line);
  end_sample();
  take_header(line);
}

// "COMM TID SECONDS.NANOSECONDS: EVENT: ", where COMM may hold spaces: read from the end.
void StackFolder::take_header(std::string_view line) {
  std::string_view event = take_last_word(line);
  const auto time = time_ns(take_last_word(line));
  const auto thread_id = whole_number<std::int64_t>(take_last_word(line));
  if (!time || !thread_id || line.empty() || !event.ends_with(':')) return;
  event.remove_suffix(1);
  in_sample_ = true;
  counts_ = is_inside(*time);
  thread_ = fit_for_folding(line);
  if (!event_.empty()) return;
  const std::size_t colon = event.find(':');
  event_ = event.substr(0, colon);
  user_only_ = colon != std::string_view::npos && event.substr(colon).find('u') != std::string_view::npos;
}

// "  ADDRESS SYMBOL (FILE)", where SYMBOL may hold spaces and brackets.
void StackFolder::take_frame(std::string_view line) {
  if (!counts_ || frames_.size() >= kMostFrames) return;
  line = trimmed(line);
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return;
  const std::string_view address = line.substr(0, space);
  std::string_view symbol = trimmed(line.substr(space));
  std::string_view file;
  if (const std::size_t bracket = symbol.rfind('('); bracket != std::string_view::npos && symbol.ends_with(')')) {
    file = symbol.substr(bracket + 1, symbol.size() - bracket - 2);
    symbol = trimmed(symbol.substr(0, bracket));
  }
  if (symbol.empty()) symbol = "[unknown]";
  std::string name = fit_for_folding(symbol);
  if (symbol == "[unknown]" && !file.empty() && file.front() != '[')
    name = "[" + fit_for_folding(file_name(file)) + "]";
  if (is_kernel_address(address)) name += "_[k]";
  frames_.push_back(std::move(name));
}

void StackFolder::end_sample() {
  if (in_sample_ && counts_) {
    ++samples_;
    std::string stack = thread_;
    for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame) stack += ";" + *frame;
    if (stacks_.size() < kMostStacksHeld || stacks_.contains(stack)) {
      ++stacks_[stack];
    } else {
      ++others_[others_.size() < kMostThreadNames ? thread_ : others_.begin()->first];
    }
  }
  in_sample_ = counts_ = false;
  frames_.clear();
}

bool StackFolder::is_inside(std::int64_t time_ns) const {
  return windows_.empty() || std::ranges::any_of(windows_, [time_ns](const Window& window) {
           return time_ns >= window.start_ns && time_ns < window.end_ns;
         });
}

std::string StackFolder::folded() const {
  std::vector<std::pair<std::string_view, std::uint64_t>> heaviest(stacks_.begin(), stacks_.end());
  std::ranges::sort(heaviest, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  std::string text;
  auto others = others_;
  std::size_t kept = 0;
  for (const auto& [stack, count] : heaviest) {
    if (kept < kMostStacks && text.size() + stack.size() < kMostBytes) {
      ++kept;
      text += std::string(stack) + " " + std::to_string(count) + "\n";
    } else {
      others[std::string(stack.substr(0, stack.find(';')))] += count;
    }
  }
  for (const auto& [thread, count] : others) {
    text += thread + ";" + std::string(kOtherStacks) + " " + std::to_string(count) + "\n";
  }
  return text;
}

}  // namespace gauntlet
