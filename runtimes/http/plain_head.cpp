#include "runtimes/http/plain_head.hpp"

#include <array>
#include <bit>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace gauntlet::http {

namespace {

constexpr bool is_printable(char character) { return character >= ' ' && character < 0x7f; }

/// The letters that names of headers consist of in practice; a token may hold some more.
constexpr std::array<bool, 256> name_letters = [] {
  std::array<bool, 256> letters{};
  for (const char letter : std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")) {
    letters[static_cast<unsigned char>(letter)] = true;
  }
  return letters;
}();

bool is_name_letter(char character) { return name_letters[static_cast<unsigned char>(character)]; }

#ifdef __SSE2__
/// A bit for each of 16 bytes that is not printable.
unsigned unprintable_among_16(const char* bytes) {
  const __m128i loaded = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  // As signed numbers, those from 0x80 on are below the space too.
  const __m128i low = _mm_cmplt_epi8(loaded, _mm_set1_epi8(' '));
  const __m128i deleted = _mm_cmpeq_epi8(loaded, _mm_set1_epi8(0x7f));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(low, deleted)));
}
#endif

/// The text between two positions, line by line.
class Lines {
 public:
  explicit Lines(std::string_view text) : begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {}

  std::size_t consumed() const { return static_cast<std::size_t>(at_ - begin_); }

  /// Steps over an empty line.
  bool skip_empty() {
    if (end_ - at_ < 2 || at_[0] != '\r' || at_[1] != '\n') return false;
    at_ += 2;
    return true;
  }

  /// Up to the colon, which is stepped over; empty if there is no name in front of one.
  std::string_view take_name() {
    const char* const name = at_;
    while (at_ != end_ && is_name_letter(*at_)) ++at_;
    if (at_ == end_ || *at_ != ':') return {};
    return {name, static_cast<std::size_t>(at_++ - name)};
  }

  /// The line up to its CR LF, which is stepped over. Empty also if it holds anything that is not printable, a tab
  /// included, or ends otherwise.
  std::string_view take_line() {
    const char* const text = at_;
    const char* const last = find_unprintable();
    if (end_ - last < 2 || last[0] != '\r' || last[1] != '\n') return {};
    at_ = last + 2;
    return {text, static_cast<std::size_t>(last - text)};
  }

  /// The same for what is left of a line, without the spaces around it.
  std::string_view take_value() {
    while (at_ != end_ && *at_ == ' ') ++at_;
    std::string_view value = take_line();
    while (value.ends_with(' ')) value.remove_suffix(1);
    return value;
  }

 private:
  const char* find_unprintable() const {
    const char* from = at_;
#ifdef __SSE2__
    for (; end_ - from >= 16; from += 16) {
      if (const unsigned found = unprintable_among_16(from)) return from + std::countr_zero(found);
    }
    if (end_ - begin_ >= 16) {
      // The last 16 bytes, less those that have been looked at.
      const unsigned found = unprintable_among_16(end_ - 16) >> (16 - (end_ - from));
      return found != 0 ? from + std::countr_zero(found) : end_;
    }
#endif
    while (from != end_ && is_printable(*from)) ++from;
    return from;
  }

  const char* const begin_;
  const char* at_;
  const char* const end_;
};

/// "GET /path?query HTTP/1.1"
bool read_request_line(std::string_view line, Request& request) {
  constexpr std::string_view get = "GET /";
  constexpr std::string_view head = "HEAD /";
  constexpr std::string_view version = " HTTP/1.1";
  if (!line.ends_with(version)) return false;
  line.remove_suffix(version.size());
  if (line.starts_with(get)) {
    request.method = Method::get;
    line.remove_prefix(get.size() - 1);
  } else if (line.starts_with(head)) {
    request.method = Method::head;
    line.remove_prefix(head.size() - 1);
  } else {
    return false;
  }
  if (line.find(' ') != std::string_view::npos) return false;
  const std::size_t question = line.find('?');
  request.target = line;
  request.path = line.substr(0, question);
  request.query = question == std::string_view::npos ? std::string_view() : line.substr(question + 1);
  request.minor_version = 1;
  request.keep_alive = true;
  return true;
}

enum class Meaning { none, host, keep_alive, for_the_parser };

/// By length first: few headers share it with one that means something to a server.
Meaning meaning_of(std::string_view name, std::string_view value) {
  const auto parsed_if = [name](std::string_view special) {
    return equal_without_case(name, special) ? Meaning::for_the_parser : Meaning::none;
  };
  switch (name.size()) {
    case 4:
      return equal_without_case(name, "Host") ? Meaning::host : Meaning::none;
    case 6:
      return parsed_if("Expect");
    case 7:
      return parsed_if("Upgrade");
    case 10:
      if (!equal_without_case(name, "Connection")) return Meaning::none;
      return equal_without_case(value, "keep-alive") ? Meaning::keep_alive : Meaning::for_the_parser;
    case 14:
      return parsed_if("Content-Length");
    case 16:
      return parsed_if("Proxy-Connection");
    case 17:
      return parsed_if("Transfer-Encoding");
    default:
      return Meaning::none;
  }
}

}  // namespace

std::size_t read_plain_head(std::string_view input, Request& request) {
  Lines lines(input);
  if (!read_request_line(lines.take_line(), request)) return 0;
  int hosts = 0;
  while (!lines.skip_empty()) {
    const std::string_view name = lines.take_name();
    if (name.empty()) return 0;
    const std::string_view value = lines.take_value();
    if (value.empty()) return 0;  // or one that goes on in the next line
    switch (meaning_of(name, value)) {
      case Meaning::for_the_parser:
        return 0;
      case Meaning::host:
        ++hosts;
        break;
      case Meaning::keep_alive:
      case Meaning::none:
        break;
    }
    request.headers.push_back({name, value});
  }
  return hosts == 1 ? lines.consumed() : 0;
}

}  // namespace gauntlet::http
