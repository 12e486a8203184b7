// Bench as the harness offers it to a scenario's drive().
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/load/protocol.hpp"
#include "harness/measure/machine_sample.hpp"
#include "harness/measure/process_sample.hpp"
#include "harness/subject/cpu_placement.hpp"
#include "harness/subject/profiler.hpp"
#include "harness/subject/pump.hpp"
#include "harness/subject/subject.hpp"

namespace gauntlet {

/// Where the programs are and what they run on: the same for every run of a bench.
struct SubjectSetup {
  std::filesystem::path worker;  ///< gauntlet-worker; those of single runtimes stand beside it
  std::filesystem::path load;    ///< gauntlet-load
  CpuPlacement placement;
  std::string config_file = {};  ///< of the runtimes; absolute. Empty: none
  int interrupt_fd = -1;         ///< readable: give up (Interrupted)
  bool profile = false;          ///< sample where subjects spend their CPU time

  /// The program that runs the runtime or reference.
  std::filesystem::path worker_for(const std::string& runtime, const ScenarioInfo& scenario) const;

  std::chrono::milliseconds start_limit{10'000};
  std::chrono::milliseconds stop_limit{10'000};
};

/// The programs beside this one, the CPUs of this process. Raises what this process, and those it starts, may open.
SubjectSetup setup_here(int interrupt_fd);

/// What offer() got from the generator, or keep_times() from the scenario, for the store.
struct OfferedHistogram {
  std::string tag;     ///< of a run's first offer "corrected", of a further one "LABEL-corrected"
  std::string base64;  ///< HdrHistogram V2, compressed
  double length_s = 0;
};

/// The parts of a load's window, for the store.
struct OfferedTimeline {
  std::string tag;  ///< of the histogram that `latency` adds up to
  double interval_s = 0, window_s = 0;
  LoadTimeline parts;
};

struct CollectedProfile {
  std::string folded;          ///< stacks; empty when there is none
  std::vector<Warning> notes;  ///< how it came about, or why there is none
};

/// One run. Calls come from one thread, except that pause(), resume() and kill() may come from another while offer() or
/// observe() waits. Throws SubjectFailure, SubjectSkipped from start() and restart(), and Interrupted.
class HarnessBench final : public Bench {
 public:
  HarnessBench(const SubjectSetup& setup, WorkerOptions worker, const Parameters& parameters);
  ~HarnessBench() override;

  const Parameters& parameters() const override { return parameters_; }
  void start() override;
  LoadOutcome offer(const LoadPlan& plan, std::string_view label) override;
  std::expected<TracedLoad, std::string> offer_traced(const LoadPlan& plan) override;
  Consumption observe(std::chrono::nanoseconds window) override;
  void pause() override;
  void resume() override;
  void kill(int signal) override;
  void expect_death() override;
  std::optional<int> await_death(std::chrono::nanoseconds limit) override;
  void restart() override;
  void tell(std::string_view command) override;
  std::map<std::string, double> await_report(std::chrono::nanoseconds limit) override;
  void keep_times(std::string_view tag, std::span<const double> times_ms) override;
  Consumption stop() override;

  /// Kills what is left. What was learnt of the subject can still be asked for.
  void abandon();

  const std::map<std::string, std::string>& effective_config() const { return effective_config_; }
  const std::map<std::string, double>& counters() const { return counters_; }
  const std::vector<OfferedHistogram>& histograms() const { return histograms_; }
  const std::vector<OfferedTimeline>& timelines() const { return timelines_; }
  /// Of all subjects of a setup that asks for a profile; once, when they have been abandoned. Throws Interrupted.
  CollectedProfile collect_profile();
  /// Disturbances, and a note where subject and generator share a CPU.
  const std::vector<Warning>& warnings() const { return warnings_; }
  std::string stderr_tail() const { return subject_ ? subject_->stderr_tail() : stderr_tail_; }

 private:
  Subject& subject();
  ProcessSample sample();
  std::optional<ProcessSample> sample_if_alive();
  LoadResult run_generator(const LoadPlan& plan, double& generator_cpu_s);
  void keep_histograms(const LoadResult& result, std::string_view label, double length_s);
  void keep_timeline(const LoadPlan& plan, LoadTimeline parts);
  void begin_profile();
  void note_disturbance(const MachineSample& before, double own_cpu_s);

  const SubjectSetup& setup_;
  const WorkerOptions worker_;
  const Parameters& parameters_;
  Pump pump_;
  std::unique_ptr<Subject> subject_;
  ProcessSample ready_sample_;
  std::map<std::string, std::string> effective_config_;
  std::map<std::string, double> counters_;
  std::vector<OfferedHistogram> histograms_;
  std::vector<OfferedTimeline> timelines_;
  std::vector<std::unique_ptr<Profiler>> profilers_;  ///< one for each subject
  std::vector<StackFolder::Window> profiled_windows_;
  std::vector<Warning> warnings_;
  std::string stderr_tail_;
};

}  // namespace gauntlet
