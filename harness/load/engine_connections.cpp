#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "harness/load/engine.hpp"
#include "harness/measure/monotonic_clock.hpp"

namespace gauntlet {
namespace {

constexpr std::int64_t kConnectLimit_ns = 10'000'000'000;
constexpr std::int64_t kFirstRetry_ns = 1'000'000;
constexpr std::int64_t kLongestRetry_ns = 100'000'000;

// A socket's number may be used again within one batch of events; the generation tells an event of the old one.
std::uint64_t event_key(std::uint32_t index, std::uint32_t generation) {
  return std::uint64_t{generation} << 32 | index;
}

}  // namespace

std::expected<void, std::string> Engine::connect_all() {
  const auto refused = [this](int error) {
    return std::unexpected(
        fmt::format("cannot connect to {}: {}; is the subject listening?", address_.text, std::strerror(error)));
  };
  std::size_t connecting = 0;
  for (std::uint32_t index = 0; index < connections_.size(); ++index, ++connecting) {
    if (const int error = connections_[index].begin_connect(address_); error != 0) return refused(error);
    watch(index, EPOLL_CTL_ADD, true);
  }
  const std::int64_t deadline_ns = monotonic_ns() + kConnectLimit_ns;
  while (connecting > 0) {
    const auto left_ms = static_cast<int>((deadline_ns - monotonic_ns()) / 1'000'000);
    if (left_ms <= 0) return refused(ETIMEDOUT);
    const int count = epoll_wait(epoll_fd_, events_.data(), kEventsAtOnce, left_ms);
    for (int i = 0; i < count; ++i) {
      const auto index = static_cast<std::uint32_t>(events_[static_cast<std::size_t>(i)].data.u64);
      if (connections_[index].state() != Connection::State::connecting) continue;
      if (const int error = connections_[index].finish_connect(); error != 0) return refused(error);
      watch(index, EPOLL_CTL_MOD, false);
      --connecting;
    }
  }
  return {};
}

void Engine::watch(std::uint32_t index, int operation, bool writable) {
  Connection& connection = connections_[index];
  connection.wants_writable = writable;
  epoll_event event{};
  event.events = writable ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.u64 = event_key(index, connection.generation);
  epoll_ctl(epoll_fd_, operation, connection.fd(), &event);
}

void Engine::handle(const epoll_event& event) {
  const auto index = static_cast<std::uint32_t>(event.data.u64);
  Connection& connection = connections_[index];
  if (event.data.u64 != event_key(index, connection.generation)) return;
  if (connection.state() == Connection::State::connecting) return on_connected(index);
  if ((event.events & EPOLLOUT) != 0) on_writable(index);
  const bool has_input = (event.events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0;
  if (has_input && connection.state() == Connection::State::open) on_readable(index);
}

void Engine::on_writable(std::uint32_t index) {
  Connection& connection = connections_[index];
  if (const int error = connection.flush(); error != 0) {
    return give_up(index, ErrorKind::connection_lost, std::strerror(error));
  }
  if (!connection.has_unsent()) watch(index, EPOLL_CTL_MOD, false);
}

void Engine::on_readable(std::uint32_t index) {
  Connection& connection = connections_[index];
  const ssize_t size = recv(connection.fd(), buffer_.data(), buffer_.size(), 0);
  const std::int64_t now_ns = read_clock();
  if (size > 0) {
    const std::uint32_t answered = take_answers(index, {buffer_.data(), static_cast<std::size_t>(size)}, now_ns);
    return go_on(index, answered, now_ns);
  }
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  give_up(index, ErrorKind::connection_lost,
          size == 0 ? "closed by the subject before it had answered" : std::strerror(errno));
}

// Returns how many requests are answered, right or wrong.
std::uint32_t Engine::take_answers(std::uint32_t index, std::string_view fresh, std::int64_t now_ns) {
  Connection& connection = connections_[index];
  std::string_view received = connection.append(fresh);
  std::uint32_t answered = 0;
  while (received.size() >= std::max<std::size_t>(connection.bytes_needed, 1)) {
    if (connection.waiting() == 0) {
      tally_.count_error(
          ErrorKind::malformed, in_window_,
          fmt::format("connection {}: bytes that answer no request: {}", index, printable_excerpt(received)));
      give_up(index, ErrorKind::malformed, "");
      return answered;
    }
    Exchange& exchange = exchange_of(connection.front());
    const Answer answer = exchange.examine(received, connection.front().id);
    connection.bytes_needed = answer.state == Answer::State::incomplete ? answer.size : 0;
    if (answer.state == Answer::State::incomplete) break;
    if (answer.state == Answer::State::malformed) {
      give_up(index, answer.error, exchange.explain());
      return answered;
    }
    finish_front(index, answer, now_ns);
    ++answered;
    received.remove_prefix(answer.size);
    if (answer.closes || plan_.reconnect) {
      drop_requests(index, ErrorKind::connection_lost, ErrorKind::connection_lost, "closed behind an earlier answer");
      connection.close();
      connect(index);
      return answered;
    }
  }
  connection.keep(received);
  return answered;
}

void Engine::finish_front(std::uint32_t index, const Answer& answer, std::int64_t now_ns) {
  Connection& connection = connections_[index];
  const PendingRequest request = connection.front();
  connection.pop();
  --in_flight_;
  if (request.measured) --measured_in_flight_;
  if (answer.state == Answer::State::wrong) {
    tally_.count_error(answer.error, request.measured,
                       fmt::format("connection {}: {}", index, exchange_of(request).explain()));
    return;
  }
  connection.retry_delay_ns = 0;
  if (answer.state == Answer::State::right) return count_right(request, now_ns);
  if (!request.measured) return;
  ++tally_.shed;
  tally_.set_aside.record(now_ns - request.sent_ns);
}

void Engine::count_right(const PendingRequest& request, std::int64_t now_ns) {
  const std::int64_t latency_ns = now_ns - request.intended_ns;
  if (request.measured && is_apart(request)) {
    tally_.apart.record(latency_ns);
    tally_.set_aside.record(now_ns - request.sent_ns);
  } else if (request.measured) {
    tally_.uncorrected.record(now_ns - request.sent_ns);
    if (is_open_) record_corrected(request.intended_ns, latency_ns);
  }
  if (is_measured(now_ns)) {
    ++tally_.completed;
    if (interval_ns_ > 0) {
      LoadInterval& interval = tally_.intervals[static_cast<std::size_t>((now_ns - window_start_ns_) / interval_ns_)];
      ++interval.completed;
      if (latency_ns <= objective_ns_) ++interval.good;
    }
  }
  conductor_.answers_of(thread_).store(++answers_, std::memory_order_relaxed);
}

void Engine::record_corrected(std::int64_t intended_ns, std::int64_t latency_ns) {
  tally_.corrected.record(latency_ns);
  if (timeline_interval_ns_ <= 0) return;
  tally_.timeline[static_cast<std::size_t>((intended_ns - window_start_ns_) / timeline_interval_ns_)].record(
      latency_ns);
}

// A connection that owes fewer answers than it may is given work, or noted as idle.
void Engine::go_on(std::uint32_t index, std::uint32_t answered, std::int64_t now_ns) {
  Connection& connection = connections_[index];
  if (connection.state() != Connection::State::open || answered == 0) return;
  if (!is_open_) {
    if (now_ns < window_end_ns_) send(index, answered, {.intended_ns = now_ns, .sent_ns = now_ns});
    return;
  }
  connection.idle_since_ns = now_ns;
  abandon_arrivals(now_ns);
  if (next_arrival_ns_ <= now_ns) return send_arrival(index, now_ns);
  list_idle(index, now_ns);
}

void Engine::on_ready(std::uint32_t index, std::int64_t now_ns) {
  if (is_open_) return list_idle(index, now_ns);
  if (plan_.pacing == Pacing::closed && now_ns < window_end_ns_) {
    send(index, plan_.pipeline, {.intended_ns = now_ns, .sent_ns = now_ns});
  }
}

void Engine::send_arrival(std::uint32_t index, std::int64_t now_ns) {
  const std::int64_t intended_ns = next_arrival_ns_;
  if (is_measured(intended_ns)) {
    ++tally_.scheduled;
    tally_.lag.record(std::max<std::int64_t>(0, now_ns - std::max(intended_ns, connections_[index].idle_since_ns)));
  }
  const bool is_other = next_is_other_;
  advance_arrival();
  send(index, 1, {.intended_ns = intended_ns, .sent_ns = now_ns, .is_other = is_other});
}

void Engine::send(std::uint32_t index, std::uint32_t count, PendingRequest request) {
  Connection& connection = connections_[index];
  request.measured = is_measured(request.intended_ns);
  const std::string_view bytes = exchange_of(request).requests(next_id_, count);
  for (std::uint32_t i = 0; i < count; ++i) {
    request.id = next_id_++;
    connection.push(request);
  }
  in_flight_ += count;
  if (request.measured) {
    measured_in_flight_ += count;
    if (request.sent_ns < window_end_ns_ + kSentGrace_ns) tally_.sent += count;
  }
  if (const int error = connection.send(bytes); error != 0) {
    return give_up(index, ErrorKind::connection_lost, std::strerror(error));
  }
  if (connection.has_unsent() && !connection.wants_writable) watch(index, EPOLL_CTL_MOD, true);
}

void Engine::connect(std::uint32_t index) {
  if (in_window_) ++tally_.reconnects;
  const int error = connections_[index].begin_connect(address_);
  if (error != 0) return on_refused(index, error);
  watch(index, EPOLL_CTL_ADD, true);
}

void Engine::on_connected(std::uint32_t index) {
  const int error = connections_[index].finish_connect();
  const std::int64_t now_ns = read_clock();
  if (error != 0) return on_refused(index, error);
  watch(index, EPOLL_CTL_MOD, false);
  on_ready(index, now_ns);
}

void Engine::on_refused(std::uint32_t index, int error) {
  tally_.count_error(ErrorKind::connect_failed, in_window_,
                     fmt::format("connection {}: cannot connect again: {}", index, std::strerror(error)));
  retry_later(index);
}

void Engine::give_up(std::uint32_t index, ErrorKind kind, const std::string& why) {
  drop_requests(index, kind, ErrorKind::connection_lost, why);
  retry_later(index);
}

// The oldest request is the one that `first_kind` is about; the others go down with it.
void Engine::drop_requests(std::uint32_t index, ErrorKind first_kind, ErrorKind other_kind, const std::string& why) {
  Connection& connection = connections_[index];
  for (ErrorKind kind = first_kind; connection.waiting() > 0; kind = other_kind) {
    const bool measured = connection.front().measured;
    connection.pop();
    --in_flight_;
    if (measured) --measured_in_flight_;
    tally_.count_error(kind, measured, fmt::format("connection {}: {}", index, why));
  }
}

// Longer and longer apart, so that a subject that is down is neither hammered nor given up: it may be restarted.
void Engine::retry_later(std::uint32_t index) {
  Connection& connection = connections_[index];
  connection.close();
  connection.retry_delay_ns = std::clamp(connection.retry_delay_ns * 2, kFirstRetry_ns, kLongestRetry_ns);
  connection.retry_at_ns = monotonic_ns() + connection.retry_delay_ns;
  lost_.push_back(index);
}

void Engine::retry_lost(std::int64_t now_ns) {
  const auto due = std::partition(lost_.begin(), lost_.end(),
                                  [&](std::uint32_t index) { return connections_[index].retry_at_ns > now_ns; });
  const std::vector<std::uint32_t> indices(due, lost_.end());
  lost_.erase(due, lost_.end());
  for (const std::uint32_t index : indices) connect(index);
}

}  // namespace gauntlet
