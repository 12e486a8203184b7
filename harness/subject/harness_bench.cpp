#include "harness/subject/harness_bench.hpp"

#include <fmt/format.h>

#include <cassert>
#include <cmath>
#include <csignal>
#include <utility>

#include "fault-injection/process/child_fault.hpp"
#include "harness/measure/histogram_codec.hpp"
#include "harness/subject/disturbance.hpp"
#include "harness/subject/limits.hpp"
#include "harness/subject/tracer.hpp"
#include "harness/subject/worker_program.hpp"
#include "runtimes/contract/registry.hpp"

namespace gauntlet {
namespace {

/// Beyond warm-up and window: connecting, waiting for the last answers, printing.
constexpr std::chrono::seconds kGeneratorGrace{20};

std::chrono::nanoseconds from_seconds(double seconds) {
  return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

template <class Value>
Value or_fail(std::expected<Value, std::string> value) {
  if (!value) throw SubjectFailure(value.error());
  return std::move(*value);
}

void or_fail(std::error_code error, const char* what) {
  if (error) throw SubjectFailure(fmt::format("cannot {} the subject: {}", what, error.message()));
}

std::optional<Warning> disturbance_since(const MachineSample& before, double own_cpu_s) {
  const auto after = sample_machine();
  return after ? judge_disturbance(before, *after, own_cpu_s) : std::nullopt;
}

Warning note_of(std::string code, std::string text) {
  return {.severity = Warning::Severity::note, .code = std::move(code), .text = std::move(text)};
}

double seconds_between(std::int64_t before_ns, std::int64_t after_ns) {
  return static_cast<double>(after_ns - before_ns) * 1e-9;
}

}  // namespace

SubjectSetup setup_here(int interrupt_fd) {
  raise_descriptor_limit();
  std::error_code error;
  const auto folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  return {.worker = folder / "gauntlet-worker",
          .load = folder / "gauntlet-load",
          .placement = placement_here(),
          .interrupt_fd = interrupt_fd};
}

std::filesystem::path SubjectSetup::worker_for(const std::string& runtime, const ScenarioInfo& scenario) const {
  const std::string program = worker_program_of(runtime, scenario);
  return program == common_worker_program ? worker : worker.parent_path() / program;
}

HarnessBench::HarnessBench(const SubjectSetup& setup, WorkerOptions worker, const Parameters& parameters)
    : setup_(setup), worker_(std::move(worker)), parameters_(parameters), pump_(setup.interrupt_fd) {
  if (setup_.placement.shared) {
    warnings_.push_back(note_of("shared_cpu",
                                "subject and generator share a CPU, so each slows the other: compare CPU per request, "
                                "not latency"));
  }
}

HarnessBench::~HarnessBench() { abandon(); }

void HarnessBench::abandon() {
  if (!subject_) return;
  stderr_tail_ = subject_->stderr_tail();
  counters_ = subject_->counters();
  subject_.reset();
}

Subject& HarnessBench::subject() {
  assert(subject_ && "start() comes first");
  return *subject_;
}

ProcessSample HarnessBench::sample() {
  auto sample = sample_process(subject().pid());
  // Where there is nothing to sample the subject has died, and how is more to the point.
  if (!sample) subject().wait(Pump::Clock::now() + setup_.stop_limit, [this] { return subject().ended(); });
  return or_fail(std::move(sample));
}

std::optional<ProcessSample> HarnessBench::sample_if_alive() {
  if (subject().ended()) return std::nullopt;
  auto sample = sample_process(subject().pid());
  return sample ? std::optional(*sample) : std::nullopt;
}

void HarnessBench::start() {
  assert(!subject_ && "at most one subject at a time");
  subject_ = std::make_unique<Subject>(Subject::Options{.program = setup_.worker,
                                                        .worker = worker_,
                                                        .cpus = setup_.placement.subject,
                                                        .start_limit = setup_.start_limit,
                                                        .stop_limit = setup_.stop_limit},
                                       pump_);
  subject_->await_ready();
  effective_config_ = subject_->effective_config();
  if (setup_.profile && !subject_->ended()) begin_profile();
  ready_sample_ = subject_->ended() ? subject_->end()->last : sample();
}

Consumption HarnessBench::observe(std::chrono::nanoseconds window) {
  const auto machine = or_fail(sample_machine());
  const auto own_cpu_ns = own_process_cpu_ns();
  const auto before = sample();
  subject().wait(Pump::Clock::now() + window, [this] { return subject().ended(); });
  const auto after = sample();
  const auto consumed = consumption_between(before, after);
  note_disturbance(machine, consumed.cpu_s + seconds_between(own_cpu_ns, own_process_cpu_ns()));
  return consumed;
}

void HarnessBench::begin_profile() {
  auto profiler = Profiler::attach(subject().pid(), setup_.placement.generator, pump_);
  if (profiler) {
    profilers_.push_back(std::move(*profiler));
  } else {
    warnings_.push_back(note_of("not_profiled", "no profile: " + profiler.error()));
  }
}

CollectedProfile HarnessBench::collect_profile() {
  assert(!subject_ && "its end comes first");
  CollectedProfile profile;
  StackFolder folder(profiled_windows_);
  for (const auto& profiler : std::exchange(profilers_, {})) {
    if (auto collected = profiler->collect(folder); !collected) {
      profile.notes.push_back(note_of("not_profiled", "no profile: " + collected.error()));
    }
  }
  if (folder.samples() == 0) return profile;
  profile.notes.push_back(note_of(
      "profiled",
      fmt::format("{} samples, {} a second of CPU time, by {}, {}: figures include the cost of sampling, so compare "
                  "them with those of profiled runs only",
                  folder.samples(), Profiler::kSamplesPerSecond, folder.event(),
                  folder.user_only() ? "of user space only (sysctl kernel.perf_event_paranoid=1 shows the kernel too)"
                                     : "of user space and kernel")));
  profile.folded = folder.folded();
  return profile;
}

void HarnessBench::note_disturbance(const MachineSample& before, double own_cpu_s) {
  if (auto warning = disturbance_since(before, own_cpu_s)) warnings_.push_back(std::move(*warning));
}

LoadOutcome HarnessBench::offer(const LoadPlan& plan, std::string_view label) {
  const auto machine = or_fail(sample_machine());
  const auto own_cpu_ns = own_process_cpu_ns();
  const auto before = sample();
  double generator_cpu_s = 0;
  LoadResult result = run_generator(plan, generator_cpu_s);
  const auto after = subject().ended() ? subject().end()->last : sample();
  const auto subject_cpu_s = seconds_between(before.cpu_ns, after.cpu_ns);
  const auto own_cpu_s = seconds_between(own_cpu_ns, own_process_cpu_ns());
  if (auto warning = disturbance_since(machine, subject_cpu_s + generator_cpu_s + own_cpu_s)) {
    result.outcome.warnings.push_back(std::move(*warning));
  }
  keep_histograms(result, label, result.outcome.duration_s);
  keep_timeline(plan, std::move(result.timeline));
  profiled_windows_.push_back({.start_ns = result.window_start_ns,
                               .end_ns = result.window_start_ns + from_seconds(result.outcome.duration_s).count()});
  return std::move(result.outcome);
}

std::expected<TracedLoad, std::string> HarnessBench::offer_traced(const LoadPlan& plan) {
  auto tracer = Tracer::attach(subject().pid(), pump_);
  if (!tracer) return std::unexpected(tracer.error());
  double generator_cpu_s = 0;
  const LoadResult result = run_generator(plan, generator_cpu_s);
  const auto calls = (*tracer)->detach();
  if (!calls) return std::unexpected(calls.error());
  return TracedLoad{.system_calls = *calls, .completed = result.outcome.completed};
}

LoadResult HarnessBench::run_generator(const LoadPlan& plan, double& generator_cpu_s) {
  LoadRequest request;
  request.port = subject().port();
  request.plan = plan;
  request.subject_pid = subject().pid();
  request.cpus = setup_.placement.generator;
  auto generator = or_fail(ChildProcess::start({.program = setup_.load, .arguments = {}, .cpus = request.cpus}));
  std::string output;
  TextTail errors;
  std::optional<ExitStatus> end;
  pump_.read(generator.output_fd(), [&output](std::string_view text) { output.append(text); });
  pump_.read(generator.error_fd(), [&errors](std::string_view text) { errors.append(text); });
  pump_.watch(generator.end_fd(), [&end, &generator] { end = generator.reap(); });
  struct Forget {
    ~Forget() {
      for (const int fd : {process.output_fd(), process.error_fd(), process.end_fd()}) pump.forget(fd);
    }
    Pump& pump;
    ChildProcess& process;
  } const forget{pump_, generator};

  generator.write_input(encode_plan(request));
  generator.close_input();
  const auto limit = from_seconds(plan.warmup_cap_s + plan.duration_s) + kGeneratorGrace;
  if (!subject().wait(Pump::Clock::now() + limit, [&end] { return end.has_value(); })) {
    throw SubjectFailure(
        fmt::format("the load generator did not end within {:.0f} s", std::chrono::duration<double>(limit).count()));
  }
  pump_.drain();
  generator_cpu_s = static_cast<double>(end->last.cpu_ns) * 1e-9;
  auto result = decode_result(output);
  if (!result) {
    const std::string last_words = errors.text();
    throw SubjectFailure(fmt::format("the load generator {}: {}{}", describe(*end), result.error(),
                                     last_words.empty() ? "" : "; it said: " + last_words));
  }
  return std::move(*result);
}

void HarnessBench::keep_histograms(const LoadResult& result, std::string_view label, double length_s) {
  // The first ones are those that a report draws.
  const std::string prefix = histograms_.empty() ? "" : std::string(label) + "-";
  histograms_.push_back({.tag = prefix + "corrected", .base64 = result.corrected_histogram, .length_s = length_s});
  histograms_.push_back({.tag = prefix + "uncorrected", .base64 = result.uncorrected_histogram, .length_s = length_s});
}

void HarnessBench::keep_times(std::string_view tag, std::span<const double> times_ms) {
  Histogram histogram;
  for (const double time : times_ms) histogram.record(std::llround(time * 1e6));
  histograms_.push_back({.tag = std::string(tag), .base64 = encode_compressed(histogram)});
}

void HarnessBench::keep_timeline(const LoadPlan& plan, LoadTimeline parts) {
  if (plan.timeline_interval_s <= 0) return;
  const OfferedHistogram& corrected = histograms_[histograms_.size() - 2];
  timelines_.push_back({.tag = corrected.tag,
                        .interval_s = plan.timeline_interval_s,
                        .window_s = corrected.length_s,
                        .parts = std::move(parts)});
}

void HarnessBench::pause() { or_fail(pause_child(subject().pid()), "pause"); }

void HarnessBench::resume() { or_fail(resume_child(subject().pid()), "resume"); }

void HarnessBench::kill(int signal) {
  subject().expect_death();
  or_fail(signal_child(subject().pid(), signal), "kill");
}

void HarnessBench::expect_death() { subject().expect_death(); }

std::optional<int> HarnessBench::await_death(std::chrono::nanoseconds limit) {
  if (!subject().await_death(limit)) return std::nullopt;
  const ExitStatus& end = *subject().end();
  return end.by_signal ? end.code : 0;
}

void HarnessBench::restart() {
  if (!subject().await_death(setup_.stop_limit)) {
    throw SubjectFailure(fmt::format("the subject was still alive {} s after it was to die",
                                     std::chrono::duration<double>(setup_.stop_limit).count()));
  }
  abandon();
  start();
}

void HarnessBench::tell(std::string_view command) { subject().tell(command); }

std::map<std::string, double> HarnessBench::await_report(std::chrono::nanoseconds limit) {
  // What is reported may have been measured meanwhile.
  const auto machine = sample_machine();
  const auto own_cpu_ns = own_process_cpu_ns();
  const auto before = sample_if_alive();
  auto report = subject().await_report(limit);
  const auto after = sample_if_alive();
  if (machine && before && after) {
    note_disturbance(
        *machine, seconds_between(before->cpu_ns, after->cpu_ns) + seconds_between(own_cpu_ns, own_process_cpu_ns()));
  }
  return report;
}

Consumption HarnessBench::stop() {
  // It may have ended by itself, its work done.
  const auto before_stop = subject().ended() ? std::nullopt : std::optional(sample_process(subject().pid()));
  subject().stop();
  const auto at_end = before_stop && *before_stop ? **before_stop : subject().end()->last;
  abandon();
  return consumption_between(ready_sample_, at_end);
}

}  // namespace gauntlet
