#include "harness/measure/proc_text.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>

namespace gauntlet {
namespace {

constexpr std::string_view kWhite = " \t\r\n";
constexpr std::size_t kMostBytes = 1 << 20;

}  // namespace

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kWhite);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhite) - first + 1);
}

std::optional<std::string> read_text(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  std::string text;
  char chunk[4096];
  ssize_t size = 0;
  while (text.size() < kMostBytes && (size = read(fd, chunk, sizeof chunk)) > 0) {
    text.append(chunk, static_cast<std::size_t>(size));
  }
  close(fd);
  if (size < 0) return std::nullopt;
  return text;
}

std::optional<std::string> read_word(const std::string& path) {
  const auto text = read_text(path);
  if (!text) return std::nullopt;
  return std::string(trimmed(*text));
}

std::optional<std::string> line_after(std::string_view text, std::string_view label) {
  for (std::size_t at = text.find(label); at != std::string_view::npos; at = text.find(label, at + 1)) {
    if (at != 0 && text[at - 1] != '\n') continue;
    std::string_view rest = text.substr(at + label.size());
    rest = trimmed(rest.substr(0, rest.find('\n')));
    if (rest.starts_with(':')) rest = trimmed(rest.substr(1));
    return std::string(rest);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> number_after(std::string_view text, std::string_view label) {
  const auto rest = line_after(text, label);
  if (!rest) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(rest->data(), rest->data() + rest->size(), value);
  if (error != std::errc()) return std::nullopt;
  return value;
}

}  // namespace gauntlet
