#include "runtimes/conformance/support.hpp"

#include <dirent.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <ostream>
#include <stdexcept>
#include <thread>

namespace gauntlet::conformance {

namespace {

constexpr unsigned hang_after_seconds = 100;
char running_test[256];

void name_the_hanging_test(int) {
  [[maybe_unused]] ssize_t written = write(STDERR_FILENO, "hangs: ", 7);
  written = write(STDERR_FILENO, running_test, sizeof running_test);
  std::abort();
}

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::system_category(), what);
  return result;
}

}  // namespace

void RuntimeTest::SetUp() {
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  std::snprintf(running_test, sizeof running_test, "%s.%s\n", test.test_suite_name(), test.name());
  std::signal(SIGALRM, &name_the_hanging_test);
  alarm(hang_after_seconds);
  remake(RuntimeConfig{});
}

void RuntimeTest::TearDown() {
  runtime_.reset();
  alarm(0);
}

void RuntimeTest::remake(RuntimeConfig config, const char* dispatch) {
  runtime_.reset();
  config.dispatch = dispatch;
  config.backend = GetParam()->name;
  if (config.worker_threads == 1) config.worker_threads = GetParam().workers;
  config.work_stealing = GetParam().tasks_migrate;
  auto made = GetParam()->make(config);
  if (!made.has_value()) GTEST_SKIP() << made.error().reason;
  runtime_ = std::move(*made);
}

std::vector<Subject> runtimes_under_test() {
  const auto has_own_program = [](const RuntimeEntry& entry) { return entry.worker_program != common_worker_program; };
  // A program that exists for the sake of one runtime leaves the others to the common one.
  const bool is_own_program = std::ranges::any_of(
      all_runtimes(), [&](const RuntimeEntry& entry) { return entry.is_built_in && has_own_program(entry); });
  std::vector<Subject> subjects;
  for (const RuntimeEntry& entry : all_runtimes()) {
    if (!entry.is_built_in || has_own_program(entry) != is_own_program) continue;
    for (const std::uint16_t workers : std::initializer_list<std::uint16_t>{1, 2, 4}) {
      RuntimeConfig config;
      config.worker_threads = workers;
      const auto made = entry.make(config);
      if (workers == 1 || (made.has_value() && (*made)->workers() == workers)) {
        subjects.push_back({&entry, workers, false});
        if (made.has_value() && (*made)->traits().tasks_migrate) subjects.push_back({&entry, workers, true});
      }
    }
  }
  return subjects;
}

void PrintTo(const Subject& subject, std::ostream* out) {
  *out << subject->name << " with " << subject.workers << " workers" << (subject.tasks_migrate ? " that steal" : "");
}

std::string runtime_name(const testing::TestParamInfo<Subject>& info) {
  std::string name(info.param->name);
  if (info.param.workers > 1) name += "_" + std::to_string(info.param.workers);
  return info.param.tasks_migrate ? name + "_migrating" : name;
}

Task<Pair> connected_pair() {
  Listener listener = must(listen(Endpoint::loopback(0)));
  Socket near = must(co_await connect(must(listener.local_endpoint())));
  Socket far = must(co_await listener.accept());
  must(co_await listener.close());
  co_return Pair{std::move(near), std::move(far)};
}

Task<void> some_yields(int count) {
  for (int i = 0; i < count; ++i) co_await yield();
}

Task<void> at_least(const int& counter, int value) {
  while (counter < value) co_await sleep_for(microseconds(50));
}

Task<void> send_text(Socket& socket, std::string text) { must(co_await socket.send(text)); }

Task<std::string> read_bytes(Socket& socket, std::size_t bytes) {
  std::string all;
  while (all.size() < bytes) {
    const Buffer buffer = must(co_await socket.receive());
    if (buffer.empty()) break;
    all += buffer.text();
  }
  co_return all;
}

Task<std::string> read_to_end(Socket& socket) { return read_bytes(socket, std::string::npos); }

Task<void> echo(Socket& socket) {
  while (true) {
    const Buffer buffer = must(co_await socket.receive());
    if (buffer.empty()) break;
    must(co_await socket.send(buffer.text()));
  }
  must(co_await socket.shutdown());
}

namespace {

std::string letters(std::size_t bytes) {
  std::string text(bytes, '\0');
  std::uint32_t state = 12345;
  for (char& letter : text) {
    state = state * 1664525 + 1013904223;
    letter = static_cast<char>('a' + (state >> 24) % 26);
  }
  return text;
}

}  // namespace

std::string pattern(std::size_t bytes) {
  // A prime, so that no buffer's size is a multiple of it. Longer texts repeat it: letter by letter, a sanitizer would
  // take seconds.
  static const std::string period = letters(65'521);
  std::string text;
  text.reserve(bytes);
  while (text.size() < bytes) text.append(period, 0, bytes - text.size());
  return text;
}

RawSocket RawSocket::unconnected() {
  return RawSocket(checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
}

void RawSocket::connect_to(const Endpoint& endpoint) const {
  checked(::connect(descriptor_, endpoint.native(), endpoint.native_size()), "connect");
}

RawSocket RawSocket::connected_to(const Endpoint& endpoint) {
  RawSocket raw = unconnected();
  raw.connect_to(endpoint);
  return raw;
}

RawSocket RawSocket::connecting_to(const Endpoint& endpoint) {
  RawSocket raw(checked(socket(endpoint.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket"));
  if (::connect(raw.descriptor_, endpoint.native(), endpoint.native_size()) < 0 && errno != EINPROGRESS) {
    throw std::system_error(errno, std::system_category(), "connect");
  }
  return raw;
}

RawSocket RawSocket::bound(int backlog) {
  RawSocket raw(checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
  const Endpoint any = Endpoint::loopback(0);
  checked(bind(raw.descriptor_, any.native(), any.native_size()), "bind");
  if (backlog >= 0) checked(::listen(raw.descriptor_, backlog), "listen");
  return raw;
}

RawSocket::~RawSocket() {
  if (descriptor_ >= 0) close(descriptor_);
}

Endpoint RawSocket::local_endpoint() const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  checked(getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  return Endpoint::from_native(address);
}

bool RawSocket::is_writable() const {
  pollfd poll{descriptor_, POLLOUT, 0};
  return ::poll(&poll, 1, 20) == 1;
}

void RawSocket::send(std::string_view text) const {
  while (!text.empty()) {
    const auto sent = static_cast<std::size_t>(
        checked(static_cast<int>(::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL)), "send"));
    text.remove_prefix(sent);
  }
}

void RawSocket::reset() {
  const linger now{1, 0};
  checked(setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now), "SO_LINGER");
  close(std::exchange(descriptor_, -1));
}

namespace {

std::size_t entries_of(const char* path) {
  std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(path), &closedir);
  std::size_t count = 0;
  while (const dirent* entry = readdir(folder.get())) {
    if (entry->d_name[0] != '.') ++count;
  }
  return count;
}

}  // namespace

std::size_t open_descriptors() { return entries_of("/proc/self/fd") - 1; }  // without the folder itself

std::size_t live_threads(std::size_t expected) {
  std::size_t count = entries_of("/proc/self/task");
  for (int i = 0; expected != 0 && count > expected && i < 1'000; ++i) {
    std::this_thread::sleep_for(milliseconds(1));
    count = entries_of("/proc/self/task");
  }
  return count;
}

}  // namespace gauntlet::conformance
