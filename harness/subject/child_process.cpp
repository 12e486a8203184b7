#include "harness/subject/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "harness/measure/monotonic_clock.hpp"
#include "harness/worker/message.hpp"

namespace gauntlet {
namespace {

void close_fd(int& fd) {
  if (fd >= 0) ::close(std::exchange(fd, -1));
}

/// Both ends close on exec; dup2 in the child gives it its own.
struct Pipe {
  enum class Kind { pipe, socket };
  explicit Pipe(Kind kind = Kind::pipe) {
    ok = (kind == Kind::pipe ? pipe2(ends.data(), O_CLOEXEC)
                             : socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data())) == 0;
  }
  ~Pipe() {
    close_fd(ends[0]);
    close_fd(ends[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int& read_end() { return ends[0]; }
  int& write_end() { return ends[1]; }
  std::array<int, 2> ends{-1, -1};
  bool ok = false;
};

struct Prepared {
  std::vector<char*> arguments;
  cpu_set_t cpus;
  bool pin = false;
  bool message_pipe = false;
  int input = -1, output = -1, error = -1;
  pid_t parent = -1;
};

/// In the child, between fork and exec: async-signal-safe calls only. Returns the errno of what failed.
int become(const Prepared& prepared) {
  setpgid(0, 0);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
  // The parent may have died before the line above.
  if (getppid() != prepared.parent) _exit(1);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  if (prepared.pin && sched_setaffinity(0, sizeof prepared.cpus, &prepared.cpus) != 0) return errno;
  // Away from the descriptors that are about to be set.
  const int input = fcntl(prepared.input, F_DUPFD_CLOEXEC, 10);
  const int output = fcntl(prepared.output, F_DUPFD_CLOEXEC, 10);
  const int error = fcntl(prepared.error, F_DUPFD_CLOEXEC, 10);
  if (input < 0 || output < 0 || error < 0) return errno;
  const int standard_output = prepared.message_pipe ? error : output;
  if (dup2(input, 0) < 0 || dup2(standard_output, 1) < 0 || dup2(error, 2) < 0) return errno;
  if (prepared.message_pipe && dup2(output, kMessageFd) < 0) return errno;
  execv(prepared.arguments.front(), prepared.arguments.data());
  return errno;
}

}  // namespace

std::string describe(const ExitStatus& status) {
  if (!status.by_signal) return fmt::format("exited with code {}", status.code);
  const char* name = sigabbrev_np(status.code);
  return name != nullptr ? fmt::format("was killed by SIG{}", name)
                         : fmt::format("was killed by signal {}", status.code);
}

std::expected<ChildProcess, std::string> ChildProcess::start(const Options& options) {
  const auto fail = [&options](int error) {
    return std::unexpected(fmt::format("cannot start {}: {}", options.program.string(), std::strerror(error)));
  };
  // A socket for the input, since writing to one whose reader is gone can be had without SIGPIPE.
  Pipe input(Pipe::Kind::socket);
  Pipe output, error, verdict;
  if (!input.ok || !output.ok || !error.ok || !verdict.ok) return fail(errno);

  Prepared prepared;
  std::string program = options.program.string();
  std::vector<std::string> texts = options.arguments;
  prepared.arguments.push_back(program.data());
  for (std::string& text : texts) prepared.arguments.push_back(text.data());
  prepared.arguments.push_back(nullptr);
  CPU_ZERO(&prepared.cpus);
  for (const int cpu : options.cpus) CPU_SET(static_cast<std::size_t>(cpu), &prepared.cpus);
  prepared.pin = !options.cpus.empty();
  prepared.message_pipe = options.message_pipe;
  prepared.input = input.read_end();
  prepared.output = output.write_end();
  prepared.error = error.write_end();
  prepared.parent = getpid();

  const pid_t pid = fork();
  if (pid < 0) return fail(errno);
  if (pid == 0) {
    const int failure = become(prepared);
    static_cast<void>(!::write(verdict.write_end(), &failure, sizeof failure));
    _exit(127);
  }
  setpgid(pid, pid);
  ChildProcess child;
  child.pid_ = pid;
  child.pid_fd_ = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  child.input_fd_ = std::exchange(input.write_end(), -1);
  child.output_fd_ = std::exchange(output.read_end(), -1);
  child.error_fd_ = std::exchange(error.read_end(), -1);
  // The pipe closes on exec: nothing to read means that the program runs.
  close_fd(verdict.write_end());
  int failure = 0;
  ssize_t count = 0;
  do count = ::read(verdict.read_end(), &failure, sizeof failure);
  while (count < 0 && errno == EINTR);
  if (count > 0) return fail(failure);
  if (child.pid_fd_ < 0) return fail(ENOSYS);
  fcntl(child.output_fd_, F_SETFL, O_NONBLOCK);
  fcntl(child.error_fd_, F_SETFL, O_NONBLOCK);
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(other.pid_.exchange(-1)),
      pid_fd_(std::exchange(other.pid_fd_, -1)),
      input_fd_(std::exchange(other.input_fd_, -1)),
      output_fd_(std::exchange(other.output_fd_, -1)),
      error_fd_(std::exchange(other.error_fd_, -1)) {}

ChildProcess::~ChildProcess() {
  if (!reaped()) {
    signal_group(SIGKILL);
    reap();
  }
  for (int* fd : {&pid_fd_, &input_fd_, &output_fd_, &error_fd_}) close_fd(*fd);
}

bool ChildProcess::write_input(std::string_view text) {
  while (!text.empty() && input_fd_ >= 0) {
    const ssize_t count = ::send(input_fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return text.empty();
}

void ChildProcess::close_input() { close_fd(input_fd_); }

void ChildProcess::signal_group(int signal) const {
  if (pid_ > 0) ::kill(-pid_, signal);
}

ExitStatus ChildProcess::reap() {
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  // What the process has left behind in its group goes with it; before the reaping, since then the number may be
  // somebody else's.
  signal_group(SIGKILL);
  int status = 0;
  rusage used{};
  while (wait4(pid_, &status, 0, &used) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  const auto nanoseconds = [](const timeval& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + std::int64_t{time.tv_usec} * 1'000;
  };
  const bool by_signal = WIFSIGNALED(status);
  return {.by_signal = by_signal,
          .code = by_signal ? WTERMSIG(status) : WEXITSTATUS(status),
          .last = {.taken_ns = monotonic_ns(),
                   .cpu_ns = nanoseconds(used.ru_utime) + nanoseconds(used.ru_stime),
                   .voluntary_switches = static_cast<std::uint64_t>(used.ru_nvcsw),
                   .involuntary_switches = static_cast<std::uint64_t>(used.ru_nivcsw),
                   .rss_peak_bytes = static_cast<std::uint64_t>(used.ru_maxrss) * 1024}};
}

}  // namespace gauntlet
