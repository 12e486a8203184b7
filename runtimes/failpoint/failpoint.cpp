#include "runtimes/failpoint/failpoint.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "runtimes/contract/near_matches.hpp"

namespace gauntlet {

namespace {

using Action = FailpointPlan::Action;

constexpr std::array crash_signals{SIGKILL, SIGSEGV, SIGABRT};
constexpr int errno_max = 133;
constexpr std::size_t failpoints_max = 64;

struct Slot {
  std::atomic<std::uint64_t> hits{0};
  std::atomic<std::uint64_t> fired{0};
  // Written while nothing is armed.
  bool armed = false;
  FailpointPlan plan;
};
std::array<Slot, failpoints_max> slots;
int record_fd = -1;

Slot& slot_of(Failpoint failpoint) { return slots[static_cast<std::size_t>(failpoint)]; }

/// One write, so that lines of several threads stay whole.
void put_on_record(Failpoint failpoint, std::uint64_t hit) noexcept {
  if (record_fd < 0) return;
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  std::array<char, 128> line;
  const std::string_view name = info_of(failpoint).name;
  const int size =
      std::snprintf(line.data(), line.size(), "%.*s %llu %lld\n", static_cast<int>(name.size()), name.data(),
                    static_cast<unsigned long long>(hit), now.tv_sec * 1'000'000'000LL + now.tv_nsec);
  static_cast<void>(!::write(record_fd, line.data(), static_cast<std::size_t>(size)));
}

[[noreturn]] void crash(int signal) noexcept {
  // Whoever handles it, such as a sanitizer, would make another end of it.
  if (signal != SIGKILL) ::signal(signal, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  ::kill(::getpid(), signal);
  // The kernel may have chosen another thread to take it.
  for (;;) ::pause();
}

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

bool read_action(std::string_view text, FailpointPlan& plan) {
  constexpr std::string_view delay = "delay:";
  if (text.starts_with(delay)) {
    plan.action = Action::delay;
    return read_number(text.substr(delay.size()), plan.number) && plan.number >= 0;
  }
  for (const int signal : crash_signals) {
    if (text == std::string("SIG") + ::sigabbrev_np(signal)) {
      plan.action = Action::crash;
      plan.number = signal;
      return true;
    }
  }
  for (int error = 1; error <= errno_max; ++error) {
    const char* const name = ::strerrorname_np(error);
    if (name == nullptr || text != name) continue;
    plan.action = Action::error;
    plan.number = error;
    return true;
  }
  return false;
}

std::unexpected<std::string> unknown(std::string_view name) {
  std::vector<std::string> known;
  for (const FailpointInfo& info : all_failpoints()) known.emplace_back(info.name);
  const auto near = near_matches(std::string(name), known);
  std::string sentence = "no failpoint is called '" + std::string(name) + "'";
  sentence += near.empty() ? "; see gauntlet list failpoints" : "; did you mean " + near.front() + "?";
  return std::unexpected(sentence);
}

std::expected<FailpointPlan, std::string> parse_one(std::string_view text) {
  const std::string whole(text);
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return std::unexpected("'" + whole + "' is no failpoint with its action: write NAME=ACTION[@HIT][+]");
  }
  const std::string_view name = text.substr(0, equals);
  const auto found = std::ranges::find(all_failpoints(), name, &FailpointInfo::name);
  if (found == all_failpoints().end()) return unknown(name);
  FailpointPlan plan{.at = found->id};
  text.remove_prefix(equals + 1);
  if (text.ends_with('+')) {
    plan.from_then_on = true;
    text.remove_suffix(1);
  }
  if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
    if (!read_number(text.substr(at + 1), plan.hit) || plan.hit == 0) {
      return std::unexpected("'" + whole + "': the hit behind @ is a number from 1 on");
    }
    text = text.substr(0, at);
  }
  if (!read_action(text, plan)) {
    return std::unexpected("'" + whole +
                           "': an action is SIGKILL, SIGSEGV, SIGABRT, an errno such as EIO, or delay:MILLISECONDS");
  }
  if (plan.action == Action::error && !found->can_fail) {
    return std::unexpected("'" + whole + "': nothing that can fail stands at " + std::string(name) +
                           "; see gauntlet list failpoints");
  }
  return plan;
}

}  // namespace

int detail::reach_failpoint(Failpoint failpoint) noexcept {
  if (!any_failpoint_armed.load(std::memory_order_acquire)) return 0;
  Slot& slot = slot_of(failpoint);
  const std::uint64_t hit = slot.hits.fetch_add(1, std::memory_order_relaxed) + 1;
  if (!slot.armed || hit < slot.plan.hit || (hit > slot.plan.hit && !slot.plan.from_then_on)) return 0;
  slot.fired.fetch_add(1, std::memory_order_relaxed);
  put_on_record(failpoint, hit);
  switch (slot.plan.action) {
    case Action::crash:
      crash(slot.plan.number);
    case Action::error:
      return slot.plan.number;
    case Action::delay:
      ::usleep(static_cast<useconds_t>(slot.plan.number) * 1000);
      break;
  }
  return 0;
}

std::expected<std::vector<FailpointPlan>, std::string> parse_failpoints(std::string_view text) {
  std::vector<FailpointPlan> plans;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    auto plan = parse_one(one);
    if (!plan) return std::unexpected(std::move(plan.error()));
    plans.push_back(*plan);
  }
  return plans;
}

std::string to_text(const FailpointPlan& plan) {
  std::string text(info_of(plan.at).name);
  switch (plan.action) {
    case Action::crash:
      text += std::string("=SIG") + ::sigabbrev_np(plan.number);
      break;
    case Action::error:
      text += std::string("=") + ::strerrorname_np(plan.number);
      break;
    case Action::delay:
      text += "=delay:" + std::to_string(plan.number);
      break;
  }
  return text + "@" + std::to_string(plan.hit) + (plan.from_then_on ? "+" : "");
}

bool arm_failpoints(std::span<const FailpointPlan> plans, const std::string& record) {
  disarm_failpoints();
  if (!record.empty()) {
    record_fd = ::open(record.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (record_fd < 0) return false;
  }
  for (Slot& slot : slots) {
    slot.hits = 0;
    slot.fired = 0;
    slot.armed = false;
  }
  for (const FailpointPlan& plan : plans) {
    slot_of(plan.at).plan = plan;
    slot_of(plan.at).armed = true;
  }
  detail::any_failpoint_armed.store(!plans.empty(), std::memory_order_release);
  return true;
}

void disarm_failpoints() {
  detail::any_failpoint_armed.store(false, std::memory_order_release);
  if (record_fd >= 0) ::close(record_fd);
  record_fd = -1;
}

std::expected<void, std::string> arm_failpoints_of_environment() {
  const char* const text = std::getenv("GAUNTLET_FAILPOINTS");
  if (text == nullptr) return {};
  const auto plans = parse_failpoints(text);
  if (!plans) return std::unexpected("GAUNTLET_FAILPOINTS: " + plans.error());
  const char* const record = std::getenv("GAUNTLET_FAILPOINTS_RECORD");
  if (!arm_failpoints(*plans, record == nullptr ? "" : record)) {
    return std::unexpected("GAUNTLET_FAILPOINTS_RECORD: " + std::string(record) + " cannot be written");
  }
  return {};
}

std::uint64_t failpoint_hits(Failpoint failpoint) { return slot_of(failpoint).hits; }
std::uint64_t failpoint_fired(Failpoint failpoint) { return slot_of(failpoint).fired; }

}  // namespace gauntlet
