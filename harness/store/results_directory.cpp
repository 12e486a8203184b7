#include "harness/store/results_directory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "harness/store/durable_file.hpp"
#include "harness/store/environment_difference.hpp"
#include "harness/store/environment_json.hpp"
#include "harness/store/plan_json.hpp"
#include "harness/store/run_log.hpp"
#include "harness/store/run_record_json.hpp"

namespace gauntlet {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPlanFile = "plan.json";
constexpr const char* kEnvironmentFile = "environment.json";
constexpr const char* kRunsFile = "runs.jsonl";
constexpr const char* kHistogramsFolder = "histograms";
constexpr const char* kTimelinesFolder = "timelines";
constexpr const char* kProfilesFolder = "profiles";

std::expected<void, std::string> make_empty_folder(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (fs::exists(status) && !fs::is_directory(status)) {
    return std::unexpected(fmt::format("{} is not a folder", path.string()));
  }
  if (fs::exists(status) && !fs::is_empty(path, error)) {
    const bool results = fs::exists(path / kPlanFile, error);
    return std::unexpected(
        fmt::format("{} is not empty: {}", path.string(),
                    results ? "continue it with --resume, or name a new folder" : "name a new folder for the results"));
  }
  fs::create_directories(path / kHistogramsFolder, error);
  if (error) return std::unexpected(fmt::format("cannot create {}: {}", path.string(), error.message()));
  return {};
}

template <class Parsed>
std::expected<Parsed, std::string> load_file(const fs::path& path,
                                             std::expected<Parsed, std::string> (*parse)(std::string_view)) {
  const auto text = read_file(path);
  if (!text) return std::unexpected(text.error());
  auto parsed = parse(*text);
  if (!parsed) return std::unexpected(fmt::format("{}: {}", path.string(), parsed.error()));
  return parsed;
}

}  // namespace

std::string histogram_log_name(std::uint64_t index) { return fmt::format("{}/{:04}.hlog", kHistogramsFolder, index); }

std::string histogram_table_name(std::uint64_t index, std::string_view label) {
  return fmt::format("{}/{:04}-{}.hgrm", kHistogramsFolder, index, label);
}

std::string timeline_log_name(std::uint64_t index) { return fmt::format("{}/{:04}.hlog", kTimelinesFolder, index); }

std::string lanes_name(std::uint64_t index) { return fmt::format("{}/{:04}.csv", kTimelinesFolder, index); }

std::string profile_name(std::uint64_t index) { return fmt::format("{}/{:04}.folded", kProfilesFolder, index); }

std::expected<ResultsDirectory, std::string> ResultsDirectory::create(const fs::path& path, Plan plan,
                                                                      EnvironmentRecord environment) {
  if (auto made = make_empty_folder(path); !made) return std::unexpected(made.error());
  ResultsDirectory directory;
  directory.path_ = path;
  directory.plan_ = std::move(plan);
  directory.environment_ = std::move(environment);
  if (auto written = replace_file_synced(path / kPlanFile, to_json(directory.plan_)); !written) {
    return std::unexpected(written.error());
  }
  if (auto written = replace_file_synced(path / kEnvironmentFile, to_json(directory.environment_)); !written) {
    return std::unexpected(written.error());
  }
  if (auto opened = directory.open_log(); !opened) return std::unexpected(opened.error());
  return directory;
}

std::expected<ResultsDirectory, std::string> ResultsDirectory::load(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    return std::unexpected(fmt::format("{} is not a results directory: no such folder", path.string()));
  }
  if (!fs::exists(path / kPlanFile, error)) {
    return std::unexpected(fmt::format("{} is not a results directory: it holds no {}", path.string(), kPlanFile));
  }
  if (!fs::exists(path / kEnvironmentFile, error)) {
    return std::unexpected(fmt::format("{} holds no {}: the bench was stopped before its first run; start a new one",
                                       path.string(), kEnvironmentFile));
  }
  ResultsDirectory directory;
  directory.path_ = path;
  auto plan = load_file(path / kPlanFile, parse_plan);
  if (!plan) return std::unexpected(plan.error());
  directory.plan_ = std::move(*plan);
  auto environment = load_file(path / kEnvironmentFile, parse_environment);
  if (!environment) return std::unexpected(environment.error());
  directory.environment_ = std::move(*environment);
  if (!fs::exists(path / kRunsFile, error)) return directory;
  const auto text = read_file(path / kRunsFile);
  if (!text) return std::unexpected(text.error());
  auto log = parse_run_log(*text, directory.plan_);
  if (!log) return std::unexpected(fmt::format("{}: {}", path.string(), log.error()));
  directory.records_ = std::move(log->records);
  directory.notice_ = std::move(log->notice);
  directory.whole_bytes_ = log->whole_bytes;
  directory.newline_is_missing_ = log->newline_is_missing;
  return directory;
}

std::expected<ResultsDirectory, std::string> ResultsDirectory::open_for_reading(const fs::path& path) {
  return load(path);
}

std::expected<ResultsDirectory, std::string> ResultsDirectory::open_for_resume(const fs::path& path,
                                                                               const EnvironmentRecord& here) {
  if (auto readable = load(path); !readable) return readable;
  // Read again under the lock: a line that another writer was just appending must not be taken for torn.
  ResultsDirectory writer;
  writer.path_ = path;
  if (auto opened = writer.open_log(); !opened) return std::unexpected(opened.error());
  auto directory = load(path);
  if (!directory) return directory;
  if (directory->environment_.fingerprint != here.fingerprint) {
    const std::string difference = environment_difference(directory->environment_, here);
    return std::unexpected(
        fmt::format("{} was measured on another machine or build, and figures of the two cannot stand side by side; "
                    "start a new bench here. What differs: {}",
                    path.string(), difference.empty() ? "the fingerprint" : difference));
  }
  directory->log_fd_ = std::exchange(writer.log_fd_, -1);
  if (!directory->notice_.empty() && !directory->cut_log()) {
    return std::unexpected(
        fmt::format("cannot cut the torn line off {}: {}", (path / kRunsFile).string(), std::strerror(errno)));
  }
  if (directory->newline_is_missing_ && !directory->extend_log("\n")) {
    return std::unexpected(fmt::format("cannot write {}: {}", (path / kRunsFile).string(), std::strerror(errno)));
  }
  return directory;
}

bool ResultsDirectory::cut_log() { return ::ftruncate(log_fd_, static_cast<off_t>(whole_bytes_)) == 0; }

bool ResultsDirectory::extend_log(std::string_view text) {
  if (write_all(log_fd_, text) && ::fdatasync(log_fd_) == 0) {
    whole_bytes_ += text.size();
    return true;
  }
  // On a full disk a part may have been written, and the next line must not continue it.
  const int error = errno;
  cut_log();
  errno = error;
  return false;
}

std::expected<void, std::string> ResultsDirectory::open_log() {
  const fs::path log = path_ / kRunsFile;
  log_fd_ = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log_fd_ < 0) return std::unexpected(fmt::format("cannot open {}: {}", log.string(), std::strerror(errno)));
  if (::flock(log_fd_, LOCK_EX | LOCK_NB) != 0) {
    return std::unexpected(fmt::format("another bench is writing to {}: wait for it to end", path_.string()));
  }
  return {};
}

ResultsDirectory::ResultsDirectory(ResultsDirectory&& other) noexcept
    : path_(std::move(other.path_)),
      plan_(std::move(other.plan_)),
      environment_(std::move(other.environment_)),
      records_(std::move(other.records_)),
      notice_(std::move(other.notice_)),
      whole_bytes_(other.whole_bytes_),
      newline_is_missing_(other.newline_is_missing_),
      log_fd_(std::exchange(other.log_fd_, -1)) {}

ResultsDirectory& ResultsDirectory::operator=(ResultsDirectory&& other) noexcept {
  path_ = std::move(other.path_);
  plan_ = std::move(other.plan_);
  environment_ = std::move(other.environment_);
  records_ = std::move(other.records_);
  notice_ = std::move(other.notice_);
  whole_bytes_ = other.whole_bytes_;
  newline_is_missing_ = other.newline_is_missing_;
  std::swap(log_fd_, other.log_fd_);
  return *this;
}

ResultsDirectory::~ResultsDirectory() {
  if (log_fd_ >= 0) ::close(log_fd_);
}

std::vector<RunSpec> ResultsDirectory::remaining() const {
  std::vector<bool> finished(plan_.runs.size());
  for (const RunRecord& record : records_) finished[record.spec.index] = true;
  std::vector<RunSpec> left;
  for (const RunSpec& spec : plan_.runs) {
    if (!finished[spec.index]) left.push_back(spec);
  }
  return left;
}

std::expected<void, std::string> ResultsDirectory::append(const RunRecord& record) {
  assert(log_fd_ >= 0 && "append needs a directory that was created or resumed");
  assert(record.spec.index < plan_.runs.size() && "only planned runs are recorded");
  if (!extend_log(to_json(record) + "\n")) {
    return std::unexpected(fmt::format("cannot write {}: {}", (path_ / kRunsFile).string(), std::strerror(errno)));
  }
  records_.push_back(record);
  return {};
}

std::expected<void, std::string> ResultsDirectory::write_histograms(std::uint64_t index, std::string_view log,
                                                                    const std::map<std::string, std::string>& tables) {
  assert(log_fd_ >= 0 && "write_histograms needs a directory that was created or resumed");
  for (const auto& [label, text] : tables) {
    if (auto written = replace_file(path_ / histogram_table_name(index, label), text); !written) return written;
  }
  return replace_file(path_ / histogram_log_name(index), log);
}

std::expected<void, std::string> ResultsDirectory::write_run_file(const std::string& name, std::string_view text) {
  assert(log_fd_ >= 0 && "write_run_file needs a directory that was created or resumed");
  const fs::path file = path_ / name;
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  if (error) return std::unexpected(fmt::format("cannot create {}: {}", file.parent_path().string(), error.message()));
  return replace_file(file, text);
}

std::expected<void, std::string> ResultsDirectory::write_derived(std::string_view name, std::string_view text) const {
  return replace_file(path_ / name, text);
}

}  // namespace gauntlet
