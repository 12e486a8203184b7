#include "harness/subject/tracer.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <csignal>

#include "harness/measure/proc_text.hpp"

namespace gauntlet {
namespace {

using namespace std::chrono_literals;

constexpr auto attach_limit = 3s;
constexpr auto detach_limit = 5s;
constexpr auto attach_pause = 10ms;

bool is_traced(pid_t pid) {
  const auto status = read_text(fmt::format("/proc/{}/status", pid));
  return status && number_after(*status, "TracerPid").value_or(0) != 0;
}

}  // namespace

std::optional<std::uint64_t> traced_calls(std::string_view summary) {
  constexpr std::string_view label = " total";
  while (summary.ends_with('\n')) summary.remove_suffix(1);
  if (!summary.ends_with(label)) return std::nullopt;
  summary.remove_suffix(label.size());
  const std::size_t before = summary.find_last_not_of("0123456789");
  const std::string_view digits = summary.substr(before == std::string_view::npos ? 0 : before + 1);
  std::uint64_t calls = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), calls).ec != std::errc()) return std::nullopt;
  return calls;
}

Tracer::Tracer(ChildProcess process, Pump& pump) : process_(std::move(process)), pump_(pump) {
  pump_.read(process_.error_fd(), [this](std::string_view text) { output_.append(text); });
  pump_.watch(process_.end_fd(), [this] { ended_ = true; });
}

Tracer::~Tracer() {
  for (const int fd : {process_.error_fd(), process_.end_fd()}) pump_.forget(fd);
}

bool Tracer::wait_for_end(std::chrono::milliseconds limit) {
  return pump_.wait(Pump::Clock::now() + limit, [this] { return ended_; });
}

std::expected<std::unique_ptr<Tracer>, std::string> Tracer::attach(pid_t pid, Pump& pump) {
  auto started =
      ChildProcess::start({.program = "/usr/bin/env",
                           .arguments = {"strace", "-f", "-q", "-c", "-U", "calls,name", "-p", fmt::to_string(pid)},
                           .cpus = {}});
  if (!started) return std::unexpected(started.error());
  std::unique_ptr<Tracer> tracer(new Tracer(std::move(*started), pump));
  const auto deadline = Pump::Clock::now() + attach_limit;
  while (!is_traced(pid)) {
    if (tracer->wait_for_end(attach_pause)) {
      pump.drain();
      return std::unexpected(fmt::format("strace, which apt-get install strace brings, could not attach: {}",
                                         tracer->output_.substr(0, tracer->output_.find('\n'))));
    }
    if (Pump::Clock::now() > deadline) return std::unexpected("strace did not attach in time");
  }
  // Its other threads follow the first one.
  tracer->wait_for_end(attach_pause);
  return tracer;
}

std::expected<std::uint64_t, std::string> Tracer::detach() {
  process_.signal_group(SIGINT);
  if (!wait_for_end(detach_limit)) return std::unexpected("strace did not let the subject go");
  pump_.drain();
  const auto calls = traced_calls(output_);
  if (!calls) return std::unexpected("strace gave no summary: " + output_.substr(0, output_.find('\n')));
  return *calls;
}

}  // namespace gauntlet
