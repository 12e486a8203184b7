// In a program of its own, because it replaces malloc.
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>

#include "runtimes/http/tests/client.hpp"
#include "runtimes/http/tests/running_server.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GAUNTLET_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define GAUNTLET_SANITIZED
#endif
#endif

namespace {
std::atomic<std::size_t> allocations{0};
}

#ifndef GAUNTLET_SANITIZED
extern "C" {
void* __libc_malloc(std::size_t bytes);
// operator new comes here too.
void* malloc(std::size_t bytes) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(bytes);
}
}
#endif

namespace gauntlet::http {
namespace {

Task<Response> plaintext(Request&) { co_return Response::of_static(Status::ok, "text/plain", "Hello, World!"); }

class AllocationTest : public testing::TestWithParam<std::string> {};

TEST_P(AllocationTest, ARequestOnAWarmConnectionAllocatesNothing) {
#ifdef GAUNTLET_SANITIZED
  GTEST_SKIP() << "sanitizers bring their own malloc and switch the frame cache off";
#endif
  Router router;
  router.add(Method::get, "/plaintext", plaintext);
  const fixtures::RunningServer server(GetParam(), std::move(router));
  if (!server.why_unavailable().empty()) GTEST_SKIP() << server.why_unavailable();
  const fixtures::Client client(server.port());
  const std::string request = "GET /plaintext HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n";
  const auto ask = [&](int times) {
    const std::size_t before = allocations.load();
    for (int i = 0; i < times; ++i) {
      if (!client.send(request) || !client.skip_one_receive()) return std::size_t{1'000'000};
    }
    return allocations.load() - before;
  };
  EXPECT_GT(ask(100), 0U) << "the first ones must be seen to allocate, or nothing is counted";
  EXPECT_EQ(ask(2000), 0U);
}

INSTANTIATE_TEST_SUITE_P(Runtimes, AllocationTest, testing::ValuesIn(fixtures::contenders()),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace gauntlet::http
