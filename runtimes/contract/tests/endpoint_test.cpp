#include "runtimes/contract/endpoint.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace gauntlet {
namespace {

TEST(Endpoint, LoopbackIsIpv4OfThisHost) {
  const Endpoint endpoint = Endpoint::loopback(8080);
  EXPECT_EQ(endpoint.to_string(), "127.0.0.1:8080");
  EXPECT_EQ(endpoint.port(), 8080);
  EXPECT_EQ(endpoint.family(), AF_INET);
  EXPECT_EQ(endpoint.native_size(), sizeof(sockaddr_in));
}

TEST(Endpoint, ParsesNumericAddressesOfBothFamilies) {
  EXPECT_EQ(Endpoint::parse("10.1.2.3", 1)->to_string(), "10.1.2.3:1");
  const Result<Endpoint> six = Endpoint::parse("::1", 65535);
  ASSERT_TRUE(six.has_value());
  EXPECT_EQ(six->to_string(), "[::1]:65535");
  EXPECT_EQ(six->port(), 65535);
  EXPECT_EQ(six->native_size(), sizeof(sockaddr_in6));
}

TEST(Endpoint, RefusesNamesAndRubbish) {
  for (const char* text : {"localhost", "", "1.2.3", "1.2.3.4.5", "256.0.0.1", "[::1]", "::1%lo0junk", " 127.0.0.1"}) {
    EXPECT_FALSE(Endpoint::parse(text, 80).has_value()) << text;
  }
}

TEST(Endpoint, SurvivesTheWayThroughTheKernelsForm) {
  for (const char* text : {"127.0.0.1", "fe80::1:2"}) {
    const Endpoint endpoint = *Endpoint::parse(text, 4711);
    sockaddr_storage native{};
    std::memcpy(&native, endpoint.native(), endpoint.native_size());
    EXPECT_EQ(Endpoint::from_native(native).to_string(), endpoint.to_string());
  }
}

}  // namespace
}  // namespace gauntlet
