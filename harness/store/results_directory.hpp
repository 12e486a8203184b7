// A results directory on disk (format.md): created once, appended to, resumed after a kill, read by the report.
#pragma once

#include <expected>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/store/environment_record.hpp"
#include "harness/store/plan.hpp"
#include "harness/store/run_record.hpp"

namespace gauntlet {

/// One process writes to a directory at a time (the kernel's lock on runs.jsonl sees to it); any number may read.
/// Every error is one line that names the directory or file, and says what to do where something can be done.
/// A finished run is never lost and never rewritten. Not thread-safe.
class ResultsDirectory {
 public:
  /// Makes the folder and writes plan and environment. Refuses a folder that holds anything.
  static std::expected<ResultsDirectory, std::string> create(const std::filesystem::path& path, Plan plan,
                                                             EnvironmentRecord environment);
  /// For appending the runs that are missing. Refuses when `here` has another fingerprint, naming the facts that
  /// differ. A line torn by a kill is cut off; nothing else is touched.
  static std::expected<ResultsDirectory, std::string> open_for_resume(const std::filesystem::path& path,
                                                                      const EnvironmentRecord& here);
  /// Changes nothing, and works while another process appends.
  static std::expected<ResultsDirectory, std::string> open_for_reading(const std::filesystem::path& path);

  ResultsDirectory(ResultsDirectory&& other) noexcept;
  ResultsDirectory& operator=(ResultsDirectory&& other) noexcept;
  ~ResultsDirectory();

  const std::filesystem::path& path() const { return path_; }
  const Plan& plan() const { return plan_; }
  const EnvironmentRecord& environment() const { return environment_; }
  /// Finished runs, in the order in which they finished.
  const std::vector<RunRecord>& records() const { return records_; }
  /// One sentence when the last line had been torn by a kill; else empty.
  const std::string& notice() const { return notice_; }
  /// Planned runs without a record, in the order of the plan.
  std::vector<RunSpec> remaining() const;

  /// Returns when the record is on the disk. Not for a directory opened for reading (asserted).
  std::expected<void, std::string> append(const RunRecord& record);
  /// `log` is the text of the run's .hlog, `tables` those of its .hgrm files by label. Call before append(), so that a
  /// finished run has its histograms whatever is killed; a rerun of an unfinished one replaces what that left.
  std::expected<void, std::string> write_histograms(std::uint64_t index, std::string_view log,
                                                    const std::map<std::string, std::string>& tables);
  /// Another file of a run, by the name that one of the functions below gives it. As above, call before append().
  std::expected<void, std::string> write_run_file(const std::string& name, std::string_view text);
  /// For what is derived from the rest (summary.json, report.html): replaced in one step.
  std::expected<void, std::string> write_derived(std::string_view name, std::string_view text) const;

 private:
  ResultsDirectory() = default;
  static std::expected<ResultsDirectory, std::string> load(const std::filesystem::path& path);
  /// Opens runs.jsonl for appending, with the lock.
  std::expected<void, std::string> open_log();
  /// Appends and syncs, or leaves the file as it was; errno tells why.
  bool extend_log(std::string_view text);
  /// Drops what stands behind the last whole line.
  bool cut_log();

  std::filesystem::path path_;
  Plan plan_;
  EnvironmentRecord environment_;
  std::vector<RunRecord> records_;
  std::string notice_;
  std::size_t whole_bytes_ = 0;
  bool newline_is_missing_ = false;
  int log_fd_ = -1;
};

/// "histograms/0007.hlog", relative to the directory.
std::string histogram_log_name(std::uint64_t index);
/// "histograms/0007-corrected.hgrm", relative to the directory.
std::string histogram_table_name(std::uint64_t index, std::string_view label);

/// "timelines/0007.hlog", "timelines/0007.csv", "profiles/0007.folded", relative to the directory.
std::string timeline_log_name(std::uint64_t index);
std::string lanes_name(std::uint64_t index);
std::string profile_name(std::uint64_t index);

}  // namespace gauntlet
