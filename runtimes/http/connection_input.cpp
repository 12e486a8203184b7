#include "runtimes/http/connection_input.hpp"

#include <utility>

namespace gauntlet::http {

namespace {
constexpr std::size_t capacity_kept = 4 * 1024;
}

std::string_view ConnectionInput::join(Buffer arrived) {
  if (kept_.empty()) {
    lent_ = std::move(arrived);
    return lent_.text();
  }
  kept_.append(arrived.text());
  return kept_;
}

void ConnectionInput::keep(std::string_view rest) {
  if (lent_.empty()) {
    kept_.erase(0, kept_.size() - rest.size());
    if (kept_.empty() && kept_.capacity() > capacity_kept) kept_.shrink_to_fit();
  } else {
    if (!rest.empty()) kept_.assign(rest);
    lent_.release();
  }
}

}  // namespace gauntlet::http
