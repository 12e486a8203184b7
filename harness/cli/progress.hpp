// How far a bench is: one line that is rewritten on a terminal, plain lines on a pipe.
#pragma once

#include <cstdio>
#include <map>
#include <string>

#include "harness/store/plan.hpp"

namespace gauntlet {

/// "[12/96] load/http-open  single_loop  round 2/6  4.61 us  8000 rps  2m10s left"
class Progress {
 public:
  struct Style {
    bool rewrites = false;
    bool colours = false;
  };
  /// Of a terminal that wants it (NO_COLOR), or of a pipe.
  static Style style_of(std::FILE* stream);

  /// `plan` outlives this. `finished`: runs that an earlier bench has done.
  Progress(const Plan& plan, std::size_t finished, std::FILE* stream, Style style);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void begin(const RunSpec& spec);
  void end(const RunRecord& record);

 private:
  std::string place(const RunSpec& spec) const;
  std::string time_left() const;
  void show(const std::string& line, bool stays);

  const Plan& plan_;
  std::FILE* const stream_;
  const Style style_;
  std::map<std::string, int> rounds_;
  std::size_t finished_;
  double left_s_ = 0;       ///< estimated, of runs that have not finished
  double estimated_s_ = 0;  ///< of runs that have finished under our eyes
  double elapsed_s_ = 0;    ///< what these really took
  std::string last_;
  bool line_is_open_ = false;
};

/// "4.61 us  8000 rps": the primary figure of a run and its throughput; or its status and reason.
std::string figures_of(const RunRecord& record, const PlanCell* cell);
/// "2m10s", "45s".
std::string short_time(double seconds);

}  // namespace gauntlet
