#include "runtimes/loop/shared_endpoints.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>

#include "runtimes/loop/descriptor.hpp"

namespace gauntlet {
namespace {

constexpr std::uint32_t backlog = 8;

struct Opened {
  Descriptor socket;
  std::shared_ptr<void> claim;
  int error = 0;
};

Opened open_at(SharedEndpoints& endpoints, const Endpoint& at, std::uint16_t worker) {
  auto opened = endpoints.open(at, worker, backlog);
  if (!opened) return {Descriptor(), nullptr, opened.error().value()};
  return {Descriptor(opened->fd), std::move(opened->claim), 0};
}

Endpoint local(const Opened& opened) { return local_endpoint_of(opened.socket.number()).value(); }

TEST(SharedEndpoints, OtherWorkersComeBesideTheFirstAndASecondOneOfTheSameDoesNot) {
  SharedEndpoints endpoints;
  const Opened first = open_at(endpoints, Endpoint::loopback(0), 0);
  ASSERT_EQ(first.error, 0);
  const Opened beside = open_at(endpoints, local(first), 1);
  EXPECT_EQ(beside.error, 0);
  EXPECT_EQ(local(beside).port(), local(first).port());
  EXPECT_EQ(open_at(endpoints, local(first), 0).error, EADDRINUSE);
  EXPECT_EQ(open_at(endpoints, local(first), 1).error, EADDRINUSE);
}

TEST(SharedEndpoints, AStrangerIsNeitherLetInNorJoined) {
  SharedEndpoints mine;
  SharedEndpoints other;
  const Opened first = open_at(mine, Endpoint::loopback(0), 0);
  ASSERT_EQ(first.error, 0);
  EXPECT_EQ(open_at(other, local(first), 0).error, EADDRINUSE);
  EXPECT_EQ(open_at(other, local(first), 1).error, EADDRINUSE);
}

TEST(SharedEndpoints, AnEndpointIsFreeAgainWhenItsClaimsAreGone) {
  SharedEndpoints endpoints;
  Endpoint at;
  {
    const Opened first = open_at(endpoints, Endpoint::loopback(0), 0);
    ASSERT_EQ(first.error, 0);
    at = local(first);
  }
  EXPECT_EQ(open_at(endpoints, at, 1).error, 0);
}

TEST(SharedEndpoints, PortsThatTheKernelChoosesAreNotShared) {
  SharedEndpoints endpoints;
  std::vector<Opened> all;
  std::set<std::uint16_t> ports;
  for (std::uint16_t worker = 0; worker < 4; ++worker) {
    all.push_back(open_at(endpoints, Endpoint::loopback(0), worker));
    ports.insert(local(all.back()).port());
  }
  EXPECT_EQ(ports.size(), 4u);
}

}  // namespace
}  // namespace gauntlet
