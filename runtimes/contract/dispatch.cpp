#include "runtimes/contract/dispatch.hpp"

#include <cassert>
#include <iterator>
#include <vector>

#include "runtimes/contract/near_matches.hpp"

namespace gauntlet {

namespace {

struct Name {
  std::string_view text;
  Dispatch rule;
};
constexpr Name names[] = {
    {"round_robin", Dispatch::round_robin}, {"least_loaded", Dispatch::least_loaded}, {"affinity", Dispatch::affinity}};

}  // namespace

std::expected<Dispatch, std::string> parse_dispatch(std::string_view name) {
  std::vector<std::string> known;
  for (const Name& one : names) {
    if (one.text == name) return one.rule;
    known.emplace_back(one.text);
  }
  const std::vector<std::string> near = near_matches(name, known);
  return std::unexpected("dispatch is round_robin, least_loaded or affinity, not '" + std::string(name) + "'" +
                         (near.empty() ? "" : "; did you mean '" + near.front() + "'?"));
}

Dispatcher::Dispatcher(Dispatch rule, std::uint16_t workers)
    : rule_(rule), workers_(workers), loads_(std::make_unique<Load[]>(workers)) {
  assert(workers > 0);
}

std::uint16_t Dispatcher::choose() noexcept {
  if (workers_ == 1) return 0;
  const std::uint32_t turn = turn_.fetch_add(1, std::memory_order_relaxed);
  std::uint16_t chosen = static_cast<std::uint16_t>(turn % workers_);
  if (rule_ != Dispatch::least_loaded) return chosen;
  // Begins where the turn stands, so that equals take turns.
  for (std::uint32_t i = 1; i < workers_; ++i) {
    const auto other = static_cast<std::uint16_t>((turn + i) % workers_);
    if (open_sockets(other) < open_sockets(chosen)) chosen = other;
  }
  return chosen;
}

}  // namespace gauntlet
