#include "runtimes/loop/shared_endpoints.hpp"

#include <algorithm>

namespace gauntlet {

Sharing SharedEndpoints::sharing_at(const Endpoint& endpoint, std::uint16_t worker) const {
  const std::string asked = endpoint.to_string();
  bool mine = false;
  bool others = false;
  for (const Claim& claim : claims_) {
    if (claim.at.to_string() != asked) continue;
    (claim.worker == worker ? mine : others) = true;
  }
  // A second one of the same worker is refused by the kernel, which it gives no sign of sharing.
  return others && !mine ? Sharing::with_earlier : Sharing::with_later;
}

Result<SharedEndpoints::Opened> SharedEndpoints::open(const Endpoint& endpoint, std::uint16_t worker,
                                                      std::uint32_t backlog) {
  const std::lock_guard lock(mutex_);
  std::erase_if(claims_, [](const Claim& claim) { return claim.holder.expired(); });
  const Result<int> fd = open_listener(endpoint, backlog, sharing_at(endpoint, worker));
  if (!fd) return std::unexpected(fd.error());
  Opened opened{*fd, std::make_shared<char>()};
  claims_.push_back({local_endpoint_of(*fd).value_or(endpoint), worker, opened.claim});
  return opened;
}

}  // namespace gauntlet
