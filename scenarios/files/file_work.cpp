#include "scenarios/files/file_work.hpp"

#include <fcntl.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "scenarios/files/block_file.hpp"

namespace gauntlet {

namespace {

/// Linear congruential, Knuth's MMIX; the high bits are the random ones.
std::uint64_t next_random(std::uint64_t& state) noexcept {
  state = state * 6364136223846793005 + 1442695040888963407;
  return state >> 32;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

/// The kernel's own for io_uring among them.
double threads_of_process() {
  const std::filesystem::directory_iterator threads("/proc/self/task");
  return static_cast<double>(std::distance(begin(threads), end(threads)));
}

/// Nothing while fewer than ten stand beyond the percentile.
void add_percentile(FileFigures& figures, const char* name, std::vector<std::uint32_t>& latencies, double percent) {
  constexpr double least_beyond = 10;
  const auto count = static_cast<double>(latencies.size());
  if (count * (100 - percent) / 100 < least_beyond) return;
  const auto at = latencies.begin() + static_cast<std::ptrdiff_t>(count * percent / 100);
  std::nth_element(latencies.begin(), at, latencies.end());
  figures[name] = static_cast<double>(*at) / 1000;
}

}  // namespace

FileSizes::FileSizes(const Parameters& parameters)
    : operation(parameters.word("operation") == "read" ? FileOperation::read : FileOperation::append),
      queue_depth(static_cast<std::uint32_t>(parameters.integer("queue_depth"))),
      direct(parameters.word("cache") == "direct"),
      blocks(static_cast<std::uint64_t>(parameters.integer("file_mib")) * (1U << 20) / file_block_bytes),
      duration(std::chrono::duration_cast<std::chrono::nanoseconds>(
          std::chrono::duration<double>(parameters.real("duration_s")))) {}

int FileSizes::open_flags() const noexcept {
  return (operation == FileOperation::read ? O_RDONLY : O_WRONLY) | (direct ? O_DIRECT : 0);
}

void LaneLog::done(std::chrono::nanoseconds taken) {
  latencies_ns.push_back(static_cast<std::uint32_t>(std::min<std::int64_t>(taken.count(), UINT32_MAX)));
}

void LaneLog::check(std::int64_t result, bool is_right, std::uint64_t block) {
  if (is_right && result == static_cast<std::int64_t>(file_block_bytes)) return;
  if (errors++ > 0) return;
  first_errno = result < 0 ? static_cast<int>(-result) : 0;
  first_block = block;
}

std::optional<std::uint64_t> FileWork::next(std::uint64_t& random) noexcept {
  if (Clock::now() >= end_) return std::nullopt;
  if (sizes_.operation == FileOperation::read) return next_random(random) * sizes_.blocks >> 32;
  const std::uint64_t number = cursor_.fetch_add(1, std::memory_order_relaxed);
  return number < sizes_.blocks ? std::optional(number) : std::nullopt;
}

std::uint64_t FileWork::appended() const noexcept {
  return std::min(cursor_.load(std::memory_order_relaxed), sizes_.blocks);
}

FileWindow::Usage FileWindow::usage_now() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return {seconds(usage.ru_utime) + seconds(usage.ru_stime), static_cast<double>(usage.ru_nvcsw + usage.ru_nivcsw),
          std::chrono::steady_clock::now()};
}

FileWindow::FileWindow() : before_(usage_now()) {}

FileFigures FileWindow::figures(const std::vector<LaneLog>& lanes) const {
  const Usage after = usage_now();
  FileFigures figures{{"threads_count", threads_of_process()}, {file_figure::errors, 0}};
  std::vector<std::uint32_t> latencies;
  for (const LaneLog& lane : lanes) {
    latencies.insert(latencies.end(), lane.latencies_ns.begin(), lane.latencies_ns.end());
    if (lane.errors > 0 && figures[file_figure::errors] == 0) {
      figures[file_figure::first_errno] = lane.first_errno;
      figures[file_figure::first_block] = static_cast<double>(lane.first_block);
    }
    figures[file_figure::errors] += static_cast<double>(lane.errors);
  }
  if (latencies.empty()) return figures;
  const auto operations = static_cast<double>(latencies.size());
  const std::chrono::duration<double> taken = after.at - before_.at;
  figures["throughput_ops"] = operations / taken.count();
  figures["subject_cpu_us_per_operation"] = (after.cpu_s - before_.cpu_s) * 1e6 / operations;
  figures["context_switches_per_operation"] = (after.switches - before_.switches) / operations;
  add_percentile(figures, "latency_p50_us", latencies, 50);
  add_percentile(figures, "latency_p99_us", latencies, 99);
  return figures;
}

std::chrono::nanoseconds file_warm_up(const FileSizes& sizes) noexcept {
  return std::min<std::chrono::nanoseconds>(sizes.duration / 5, std::chrono::milliseconds(200));
}

}  // namespace gauntlet
