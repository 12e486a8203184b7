// The runs of gates, kept in a file, so that gates can be made of them again.
#pragma once

#include <cstdio>
#include <expected>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/gate/gate_plan.hpp"
#include "harness/store/environment_record.hpp"
#include "harness/store/run_record.hpp"

namespace gauntlet {

/// JSON lines: one that tells of the machine for each gate that appends, then one a run, written when it is over.
class RoundRecorder {
 public:
  /// The error names the file.
  static std::expected<RoundRecorder, std::string> append_to(const std::filesystem::path& path,
                                                             const EnvironmentRecord& here, const std::string& command);
  std::expected<void, std::string> record(const RunRecord& run);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  RoundRecorder(std::filesystem::path path, std::FILE* file) : path_(std::move(path)), file_(file) {}
  std::expected<void, std::string> write_line(const std::string& line);

  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
};

/// Arm to run.
using RecordedRound = std::map<std::string, RunRecord>;

struct RecordedRounds {
  EnvironmentRecord environment;                              ///< of the first gate
  std::map<std::string, std::vector<RecordedRound>> by_name;  ///< of duels and count checks
};

/// What the plan has of it: rounds in which all arms were run, and of each run the gated metrics alone. What a kill
/// left unfinished is left out. The error names the line: it is none of ours, or was recorded on another machine or
/// with other parameters than what stands before it.
std::expected<RecordedRounds, std::string> parse_recorded_rounds(std::string_view text, const GatePlan& plan);

/// The error names the file.
std::expected<RecordedRounds, std::string> load_recorded_rounds(const std::filesystem::path& path,
                                                                const GatePlan& plan);

}  // namespace gauntlet
