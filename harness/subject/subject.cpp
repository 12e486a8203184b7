#include "harness/subject/subject.hpp"

#include <fmt/format.h>

#include <csignal>
#include <utility>

namespace gauntlet {
namespace {

constexpr std::size_t kLongestLine = 1 << 20;
constexpr std::size_t kShownOfRubbish = 80;

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

std::string shown(std::string_view line) {
  std::string text;
  for (const char c : line.substr(0, kShownOfRubbish)) text += c >= ' ' && c < 0x7f ? c : '?';
  return text + (line.size() > kShownOfRubbish ? "..." : "");
}

}  // namespace

ChildProcess Subject::started(const Options& options) {
  auto child = ChildProcess::start({.program = options.program,
                                    .arguments = worker_arguments(options.worker),
                                    .cpus = options.cpus,
                                    .message_pipe = true});
  if (!child) throw SubjectFailure(child.error());
  return std::move(*child);
}

Subject::Subject(const Options& options, Pump& pump) : options_(options), pump_(pump), process_(started(options)) {
  pump_.read(process_.output_fd(), [this](std::string_view text) { take_text(text); });
  pump_.read(process_.error_fd(), [this](std::string_view text) { stderr_.append(text); });
  pump_.watch(process_.end_fd(), [this] { take_end(); });
}

Subject::~Subject() {
  for (const int fd : {process_.output_fd(), process_.error_fd(), process_.end_fd()}) pump_.forget(fd);
}

void Subject::take_text(std::string_view text) {
  unfinished_line_.append(text);
  for (auto end = unfinished_line_.find('\n'); end != std::string::npos; end = unfinished_line_.find('\n')) {
    const std::string line = unfinished_line_.substr(0, end);
    unfinished_line_.erase(0, end + 1);
    auto message = decode_message(line);
    if (message) {
      take(std::move(*message));
    } else if (failure_.empty()) {
      failure_ = fmt::format("the subject wrote rubbish on its message pipe ({}): '{}'", message.error(), shown(line));
    }
  }
  if (unfinished_line_.size() > kLongestLine) {
    if (failure_.empty()) failure_ = "the subject wrote rubbish on its message pipe: a line without an end";
    unfinished_line_.clear();
  }
}

void Subject::take(WorkerMessage message) {
  using Type = WorkerMessage::Type;
  switch (message.type) {
    case Type::ready:
      effective_config_ = message.effective_config;
      ready_ = std::move(message);
      break;
    case Type::report:
      reports_.push_back(std::move(message.values));
      break;
    case Type::metrics:
      counters_ = std::move(message.values);
      break;
    case Type::done:
      break;
    case Type::failed:
      if (failure_.empty()) failure_ = "the subject failed: " + message.reason;
      break;
    case Type::skipped:
      skipped_ = message.reason.empty() ? "the subject gives no reason" : message.reason;
      break;
  }
}

void Subject::take_end() {
  // The message pipe may still hold what it said before it went.
  end_ = process_.reap();
  pump_.drain();
  if (!unfinished_line_.empty()) take_text("\n");
  if (!failure_.empty() || death_expected_ || !skipped_.empty()) return;
  if (end_->code == kSkippedExitCode && !end_->by_signal) {
    skipped_ = "the subject gives no reason";
  } else if (!end_->clean() || !ready_) {
    failure_ = fmt::format("the subject {}{}", describe(*end_), ready_ ? "" : " before it was ready");
  }
}

void Subject::throw_if_unwell() const {
  if (!failure_.empty()) throw SubjectFailure(failure_);
}

bool Subject::wait(Pump::Clock::time_point deadline, const std::function<bool()>& done) {
  return pump_.wait(deadline, [this, &done] {
    throw_if_unwell();
    return done();
  });
}

void Subject::await_ready() {
  const bool in_time = wait(Pump::Clock::now() + options_.start_limit, [this] {
    // Its end says more than its announcement: wait for it, so that the exit code is known.
    return ready_.has_value() || (!skipped_.empty() && ended());
  });
  if (!skipped_.empty()) throw SubjectSkipped(skipped_);
  if (!in_time) {
    throw SubjectFailure(fmt::format("the subject was not ready within {} s", seconds(options_.start_limit)));
  }
}

pid_t Subject::pid() const {
  const pid_t pid = process_.pid();
  if (pid <= 0) throw SubjectFailure("the subject has ended");
  return pid;
}

void Subject::tell(std::string_view command) {
  throw_if_unwell();
  if (!process_.write_input(encode_command({.stop = false, .text = std::string(command)}) + "\n")) {
    // It is gone, or about to be: its end says why.
    wait(Pump::Clock::now() + options_.stop_limit, [this] { return ended(); });
    throw SubjectFailure("the subject does not listen to commands any more");
  }
}

std::map<std::string, double> Subject::await_report(std::chrono::nanoseconds limit) {
  if (!wait(Pump::Clock::now() + limit, [this] { return !reports_.empty() || ended(); })) {
    throw SubjectFailure(fmt::format("the subject did not report within {} s", seconds(limit)));
  }
  if (reports_.empty() && death_expected_) return {};
  if (reports_.empty()) throw SubjectFailure("the subject ended before it reported");
  auto report = std::move(reports_.front());
  reports_.pop_front();
  return report;
}

void Subject::stop() {
  throw_if_unwell();
  if (ended()) return;
  process_.write_input(encode_command({.stop = true, .text = {}}) + "\n");
  process_.close_input();
  if (!wait(Pump::Clock::now() + options_.stop_limit, [this] { return ended(); })) {
    throw SubjectFailure(fmt::format("the subject did not stop within {} s", seconds(options_.stop_limit)));
  }
  throw_if_unwell();
}

bool Subject::await_death(std::chrono::nanoseconds limit) {
  return wait(Pump::Clock::now() + limit, [this] { return ended(); });
}

}  // namespace gauntlet
