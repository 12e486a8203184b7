// The worker process of one run, from start to end.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/subject/child_process.hpp"
#include "harness/subject/pump.hpp"
#include "harness/subject/text_tail.hpp"
#include "harness/worker/message.hpp"
#include "harness/worker/options.hpp"
#include "scenarios/bench.hpp"

namespace gauntlet {

/// The worker said that it cannot run here.
class SubjectSkipped : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Rubbish on the message pipe, death, silence beyond a limit: each is a SubjectFailure whose text is one sentence.
/// An end with code 0 after it was ready is none by itself; only what needs a living subject fails then.
/// While any wait lasts, messages, stderr and the end of the process are all listened to. Destroying kills and reaps.
class Subject {
 public:
  struct Options {
    std::filesystem::path program;
    WorkerOptions worker;
    std::vector<int> cpus;
    std::chrono::milliseconds start_limit{10'000};
    std::chrono::milliseconds stop_limit{10'000};
  };

  /// Starts the process; `pump` outlives it. Throws SubjectFailure.
  Subject(const Options& options, Pump& pump);
  ~Subject();
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  /// Throws SubjectSkipped, too.
  void await_ready();
  void tell(std::string_view command);
  std::map<std::string, double> await_report(std::chrono::nanoseconds limit);
  /// Waits until `done`, and throws as soon as the subject is not well.
  bool wait(Pump::Clock::time_point deadline, const std::function<bool()>& done);
  /// Asks it to stop and waits for a clean end.
  void stop();

  /// From here on the end of the process is no failure.
  void expect_death() { death_expected_ = true; }
  /// False: it lives on.
  bool await_death(std::chrono::nanoseconds limit);

  /// Throws when it has ended.
  pid_t pid() const;
  /// How it ended; nothing while it lives.
  const std::optional<ExitStatus>& end() const { return end_; }
  std::uint16_t port() const { return ready_ ? ready_->port : std::uint16_t{0}; }
  const std::map<std::string, std::string>& effective_config() const { return effective_config_; }
  /// The runtime's counters, once it has stopped.
  const std::map<std::string, double>& counters() const { return counters_; }
  std::string stderr_tail() const { return stderr_.text(); }
  bool ended() const { return end_.has_value(); }

 private:
  static ChildProcess started(const Options& options);
  void take_text(std::string_view text);
  void take(WorkerMessage message);
  void take_end();
  void throw_if_unwell() const;

  const Options options_;
  Pump& pump_;
  ChildProcess process_;
  TextTail stderr_;
  std::string unfinished_line_;
  std::optional<WorkerMessage> ready_;
  std::map<std::string, std::string> effective_config_;
  std::deque<std::map<std::string, double>> reports_;
  std::map<std::string, double> counters_;
  std::string skipped_;
  std::string failure_;  ///< the first thing that went wrong
  std::optional<ExitStatus> end_;
  bool death_expected_ = false;
};

}  // namespace gauntlet
