#include "harness/measure/histogram_log.hpp"

#include <fmt/format.h>

#include <cassert>
#include <charconv>
#include <cmath>
#include <ctime>
#include <optional>

#include "harness/measure/histogram_codec.hpp"

namespace gauntlet {
namespace {

constexpr double kNanosecondsPerMillisecond = 1e6;
constexpr std::string_view kTagPrefix = "Tag=";

std::string utc_date(double seconds_since_epoch) {
  const auto time = static_cast<std::time_t>(seconds_since_epoch);
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[64];
  const std::size_t size = std::strftime(text, sizeof text, "%a %b %d %H:%M:%S UTC %Y", &parts);
  return {text, size};
}

std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view field = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return field;
}

std::optional<double> parse_seconds(std::string_view field) {
  double value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc() || end != field.data() + field.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::expected<HistogramLogEntry, std::string> parse_line(std::string_view line) {
  HistogramLogEntry entry;
  if (line.starts_with(kTagPrefix)) {
    line.remove_prefix(kTagPrefix.size());
    entry.tag = take_until(line, ',');
  }
  const auto start = parse_seconds(take_until(line, ','));
  const auto length = parse_seconds(take_until(line, ','));
  const auto highest = parse_seconds(take_until(line, ','));
  if (!start || !length || !highest) return std::unexpected("start, length or maximum is not a number");
  auto histogram = decode_compressed(line);
  if (!histogram) return std::unexpected(histogram.error());
  entry.start_s = *start;
  entry.length_s = *length;
  entry.histogram = std::move(*histogram);
  return entry;
}

}  // namespace

std::string format_histogram_log(double start_s, const std::vector<HistogramLogEntry>& entries) {
  std::string text = "#[Histogram log format version 1.3]\n";
  text += fmt::format("#[StartTime: {:.3f} (seconds since epoch), {}]\n", start_s, utc_date(start_s));
  text += "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n";
  for (const HistogramLogEntry& entry : entries) {
    assert(entry.tag.find_first_of(", \t\r\n") == std::string::npos);
    if (!entry.tag.empty()) text += fmt::format("{}{},", kTagPrefix, entry.tag);
    text += fmt::format("{:.3f},{:.3f},{:.3f},{}\n", entry.start_s, entry.length_s,
                        static_cast<double>(entry.histogram.max()) / kNanosecondsPerMillisecond,
                        encode_compressed(entry.histogram));
  }
  return text;
}

std::expected<std::vector<HistogramLogEntry>, std::string> parse_histogram_log(std::string_view text) {
  std::vector<HistogramLogEntry> entries;
  for (int number = 1; !text.empty(); ++number) {
    std::string_view line = take_until(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#' || line.front() == '"') continue;
    auto entry = parse_line(line);
    if (!entry) return std::unexpected(fmt::format("histogram log, line {}: {}", number, entry.error()));
    entries.push_back(std::move(*entry));
  }
  return entries;
}

}  // namespace gauntlet
