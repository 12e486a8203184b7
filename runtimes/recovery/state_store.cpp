#include "runtimes/recovery/state_store.hpp"

#include <cassert>
#include <utility>

namespace gauntlet::recovery {

std::optional<std::string> StateStore::get(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  return ledger_ == nullptr ? std::nullopt : ledger_->state(key);
}

void StateStore::put(const http::Request& request, std::string key, std::string value) {
  const std::lock_guard lock(mutex_);
  const auto found = under_way_.find(&request);
  assert(found != under_way_.end() && "this request is not journalled by a server that keeps this store");
  found->second.emplace_back(std::move(key), std::move(value));
}

void StateStore::opened(const RequestLedger& ledger) {
  const std::lock_guard lock(mutex_);
  ledger_ = &ledger;
}

void StateStore::begin(const http::Request& request) {
  const std::lock_guard lock(mutex_);
  // One may be left of a task that was dropped.
  under_way_[&request].clear();
}

StateValues StateStore::take(const http::Request& request) {
  const std::lock_guard lock(mutex_);
  const auto found = under_way_.find(&request);
  StateValues put = std::move(found->second);
  under_way_.erase(found);
  return put;
}

}  // namespace gauntlet::recovery
