#include "scenarios/files/files_info.hpp"

#include <algorithm>
#include <cstring>

#include "scenarios/common_rows.hpp"
#include "scenarios/judge.hpp"

namespace gauntlet {

namespace {

constexpr const char* no_direct = "direct_unsupported";

std::vector<ParameterInfo> parameters() {
  return {
      word_parameter("operation", "read: of random blocks; append: of the next block, and fdatasync behind it", "read",
                     {"read", "append"}),
      integer_parameter("queue_depth", "operations under way at once", "32", "8", 1, 4096),
      word_parameter("cache", "cached: through the page cache; direct: past it (O_DIRECT)", "cached",
                     {"cached", "direct"}),
      integer_parameter("file_mib", "size of the file that is read; appending ends when it is full", "64", "1", 1,
                        1 << 20),
      real_parameter("duration_s", "measured window", "2", "0.05", 0.01, 3600),
      word_parameter("folder", "where the file is; TMPDIR: where temporary files belong", "TMPDIR", {}),
      worker_threads_parameter(),
  };
}

std::vector<MetricInfo> metrics() {
  return {
      {"throughput_ops", "operations/s", Better::higher, "blocks read, or appended and on the disk, per second"},
      {"latency_p50_us", "us", Better::lower, "of one operation, at this queue depth"},
      {"latency_p99_us", "us", Better::lower, "of one operation, at this queue depth"},
      {"subject_cpu_us_per_operation", "us", Better::lower,
       "CPU of the process, user and system, all threads, verification included"},
      {"context_switches_per_operation", "switches", Better::lower, "of the process, voluntary and not"},
      {"threads_count", "threads", Better::lower, "of the process at the end, the kernel's for io_uring included"},
      common_metric::errors(),
  };
}

std::string first_error_of(const FileFigures& reported) {
  const auto value = [&reported](const char* name) {
    const auto found = reported.find(name);
    return found != reported.end() ? found->second : 0;
  };
  const auto block = std::to_string(static_cast<std::uint64_t>(value(file_figure::first_block)));
  const int error = static_cast<int>(value(file_figure::first_errno));
  return "block " + block + (error != 0 ? std::string(": ") + std::strerror(error) : " does not hold what it must");
}

}  // namespace

const ScenarioInfo& files_info() {
  static const ScenarioInfo info = {
      .name = "files",
      .question = "What do random reads and durable appends of 4 KiB cost, and how long do they take?",
      .parameters = parameters(),
      .metrics = metrics(),
      .claims = {},
      .references = {{.name = "plain_calls",
                      .description = "one thread: pread, or pwrite and fdatasync, one after another at any depth"},
                     {.name = "thread_per_operation",
                      .description = "the same calls on a thread for each operation that is under way at once"}},
      .offers_load = false,
  };
  return info;
}

Observations observe_files(const FileFigures& reported, const std::string& folder) {
  Observations seen;
  if (reported.contains(file_figure::not_direct)) {
    seen.warnings.push_back({Warning::Severity::note, no_direct,
                             "a file in " + folder +
                                 " cannot be read past the cache: it is in memory, or its file "
                                 "system refuses O_DIRECT; give a folder on a disk with -p folder=PATH"});
    return seen;
  }
  for (const MetricInfo& metric : files_info().metrics) {
    if (const auto found = reported.find(metric.name); found != reported.end()) seen.metrics.insert(*found);
  }
  const auto errors = reported.find(file_figure::errors);
  if (errors != reported.end() && errors->second > 0) {
    seen.wrong_answers = static_cast<std::uint64_t>(errors->second);
    seen.first_error = first_error_of(reported);
  } else if (!seen.metrics.contains("throughput_ops")) {
    seen.warnings.push_back({Warning::Severity::invalid, "nothing_done", "no operation ended within the window"});
  } else if (!seen.metrics.contains("latency_p99_us")) {
    seen.warnings.push_back({Warning::Severity::note, "few_operations", "p99 wants 1,000 operations or more"});
  }
  return seen;
}

Judgement judge_files(const Observations& observations) {
  const auto refused = std::ranges::find(observations.warnings, no_direct, &Warning::code);
  if (refused != observations.warnings.end()) {
    return {.status = RunStatus::skipped, .reason = refused->text, .verdicts = {}};
  }
  return judge_claims(files_info(), observations);
}

}  // namespace gauntlet
