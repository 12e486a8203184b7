#include "harness/subject/profiler.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

#include "harness/measure/proc_text.hpp"

namespace gauntlet {
namespace {

using namespace std::chrono_literals;

constexpr auto perf_attach_limit = 10s;
constexpr auto perf_end_limit = 10s;
constexpr auto perf_script_limit = 60s;

int paranoid_here() {
  const auto level = read_word("/proc/sys/kernel/perf_event_paranoid");
  int value = 0;
  for (const char c : level.value_or("")) {
    if (c >= '0' && c <= '9') value = value * 10 + (c - '0');
  }
  return level && level->starts_with('-') ? -value : value;
}

/// What a program has to complain of comes first.
void keep_beginning(std::string& kept, std::string_view text) {
  constexpr std::size_t most_bytes = 4096;
  kept.append(text.substr(0, most_bytes - std::min(kept.size(), most_bytes)));
}

std::string first_line_of(std::string_view text) {
  constexpr std::string_view heading = "Error:\n";
  if (text.starts_with(heading)) text.remove_prefix(heading.size());
  return std::string(text.substr(0, text.find('\n')));
}

/// A pipe with a name, open at both ends, so that perf may come and go.
int open_named_pipe(const std::string& path) {
  if (mkfifo(path.c_str(), 0600) != 0) return -1;
  return open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

}  // namespace

std::string why_not_profiled(const std::string& perf_said, int paranoid) {
  if (perf_said.find("No such file or directory") != std::string::npos && perf_said.starts_with("/usr/bin/env")) {
    return "perf is not installed; apt-get install linux-perf brings it";
  }
  constexpr int user_space_allowed = 2;
  if (paranoid > user_space_allowed && perf_said.find("perf_event_paranoid") != std::string::npos) {
    return fmt::format(
        "kernel.perf_event_paranoid is {}, which allows nobody but root to look at other processes; "
        "sysctl kernel.perf_event_paranoid={} allows it",
        paranoid, user_space_allowed);
  }
  return "perf record failed: " + (perf_said.empty() ? "it gave no reason" : first_line_of(perf_said));
}

Profiler::~Profiler() {
  forget();
  for (const int fd : {control_fd_, answer_fd_}) {
    if (fd >= 0) close(fd);
  }
}

void Profiler::forget() {
  if (answer_fd_ >= 0) pump_.forget(answer_fd_);
  if (!perf_) return;
  for (const int fd : {perf_->output_fd(), perf_->error_fd(), perf_->end_fd()}) pump_.forget(fd);
}

std::expected<std::unique_ptr<Profiler>, std::string> Profiler::attach(pid_t pid, const std::vector<int>& cpus,
                                                                       Pump& pump) {
  std::unique_ptr<Profiler> profiler(new Profiler(cpus, pump));
  if (auto begun = profiler->begin(pid); !begun) return std::unexpected(begun.error());
  return profiler;
}

std::expected<void, std::string> Profiler::begin(pid_t pid) {
  const std::string control = scratch_.path() / "control", answers = scratch_.path() / "answers";
  control_fd_ = open_named_pipe(control);
  answer_fd_ = open_named_pipe(answers);
  if (control_fd_ < 0 || answer_fd_ < 0) {
    return std::unexpected(fmt::format("cannot make {}: {}", control, std::strerror(errno)));
  }
  auto started = ChildProcess::start(
      {.program = "/usr/bin/env",
       .arguments = {"perf", "record", "-q", "-o", scratch_.path() / "samples", "-F", fmt::to_string(kSamplesPerSecond),
                     "--call-graph", "fp", "-k", "CLOCK_MONOTONIC", "-N", "--control",
                     fmt::format("fifo:{},{}", control, answers), "-p", fmt::to_string(pid)},
       .cpus = cpus_});
  if (!started) return std::unexpected(started.error());
  perf_ = std::make_unique<ChildProcess>(std::move(*started));
  std::string answer;
  pump_.read(perf_->output_fd(), [](std::string_view) {});
  pump_.read(perf_->error_fd(), [this](std::string_view text) { keep_beginning(errors_, text); });
  pump_.watch(perf_->end_fd(), [this] { ended_ = true; });
  pump_.read(answer_fd_, [&answer](std::string_view text) { answer.append(text); });
  // perf answers from the loop that it enters when everything is counting.
  constexpr std::string_view ping = "ping\n";
  static_cast<void>(!::write(control_fd_, ping.data(), ping.size()));
  pump_.wait(Pump::Clock::now() + perf_attach_limit, [&] { return ended_ || !answer.empty(); });
  pump_.forget(answer_fd_);
  pump_.drain();
  if (ended_) return std::unexpected(why_not_profiled(errors_, paranoid_here()));
  if (answer.empty()) return std::unexpected("perf did not attach in time");
  return {};
}

std::expected<void, std::string> Profiler::collect(StackFolder& folder) {
  if (!ended_) perf_->signal_group(SIGINT);
  if (!pump_.wait(Pump::Clock::now() + perf_end_limit, [this] { return ended_; })) {
    return std::unexpected("perf record did not end in time");
  }
  forget();
  auto script = ChildProcess::start({.program = "/usr/bin/env",
                                     .arguments = {"perf", "script", "-i", scratch_.path() / "samples", "--no-inline",
                                                   "--ns", "-F", "comm,tid,time,event,ip,sym,dso"},
                                     .cpus = cpus_});
  if (!script) return std::unexpected(script.error());
  bool ended = false;
  std::string errors;
  pump_.read(script->output_fd(), [&folder](std::string_view text) { folder.add(text); });
  pump_.read(script->error_fd(), [&errors](std::string_view text) { keep_beginning(errors, text); });
  pump_.watch(script->end_fd(), [&ended] { ended = true; });
  struct Forget {
    ~Forget() {
      for (const int fd : {process.output_fd(), process.error_fd(), process.end_fd()}) pump.forget(fd);
    }
    Pump& pump;
    ChildProcess& process;
  } const forget_script{pump_, *script};
  if (!pump_.wait(Pump::Clock::now() + perf_script_limit, [&ended] { return ended; })) {
    return std::unexpected("perf script took too long");
  }
  pump_.drain();
  folder.finish();
  if (const ExitStatus status = script->reap(); !status.clean()) {
    return std::unexpected(fmt::format("perf script {}: {}", describe(status), first_line_of(errors)));
  }
  return {};
}

}  // namespace gauntlet
