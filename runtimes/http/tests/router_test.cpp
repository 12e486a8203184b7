#include "runtimes/http/router.hpp"

#include <gtest/gtest.h>

#include "runtimes/contract/registry.hpp"
#include "runtimes/task/spawn.hpp"

namespace gauntlet::http {
namespace {

Task<Response> name_parameters(Request& request) {
  co_return Response::text(Status::ok, std::string(request.parameter("a")) + "," + std::string(request.parameter("b")));
}

Handler say(std::string_view text) {
  return [text](Request&) -> Task<Response> { co_return Response::text(Status::ok, std::string(text)); };
}

/// Adds its letter on the way in and on the way out.
Middleware letter(std::string_view name) {
  return [name](Request& request, Next next) -> Task<Response> {
    request.set_header("Trace", std::string(request.header("Trace").value_or("")) + std::string(name));
    const Task<Response> rest = next(request);
    Response response = co_await rest;
    response.add_header("Out", name);
    co_return response;
  };
}

Task<Response> show_trace(Request& request) {
  co_return Response::text(Status::ok, std::string(request.header("Trace").value_or("none")));
}

class RouterTest : public testing::Test {
 protected:
  Response ask(Method method, std::string_view path) {
    request_.clear();
    request_.method = method;
    request_.path = path;
    return block_on(**runtime_, router_.dispatch(request_));
  }
  std::string body(Method method, std::string_view path) { return std::string(ask(method, path).body()); }

  Router router_;
  Request request_;
  std::expected<std::unique_ptr<Runtime>, Unavailable> runtime_ = make_runtime(RuntimeConfig{});
};

TEST_F(RouterTest, FindsAHandlerByMethodAndPath) {
  router_.add(Method::get, "/a", say("get a"));
  router_.add(Method::post, "/a", say("post a"));
  router_.add(Method::get, "/a/b", say("get a/b"));
  EXPECT_EQ(body(Method::get, "/a"), "get a");
  EXPECT_EQ(body(Method::post, "/a"), "post a");
  EXPECT_EQ(body(Method::get, "/a/b"), "get a/b");
}

TEST_F(RouterTest, BindsPathParameters) {
  router_.add(Method::get, "/x/{a}/y/{b}", name_parameters);
  EXPECT_EQ(body(Method::get, "/x/1/y/two"), "1,two");
}

TEST_F(RouterTest, TreatsAPathThatFitsNoPatternAsUnknown) {
  router_.add(Method::get, "/x/{a}", name_parameters);
  for (const char* path : {"/", "/x", "/x/", "/x/1/", "/x/1/2", "/y/1", "*", ""}) {
    EXPECT_EQ(ask(Method::get, path).status, Status::not_found) << path;
  }
}

TEST_F(RouterTest, PrefersAPathWrittenOutToOneWithParameters) {
  router_.add(Method::get, "/x/{a}", name_parameters);
  router_.add(Method::get, "/x/me", say("me"));
  EXPECT_EQ(body(Method::get, "/x/me"), "me");
  EXPECT_EQ(body(Method::get, "/x/you"), "you,");
}

TEST_F(RouterTest, DropsTheParametersOfAPatternThatDidNotFit) {
  router_.add(Method::get, "/{a}/x", name_parameters);
  router_.add(Method::get, "/q/{b}", name_parameters);
  EXPECT_EQ(body(Method::get, "/q/z"), ",z");
}

TEST_F(RouterTest, NamesTheMethodsThatAPathKnows) {
  router_.add(Method::get, "/x/{a}", name_parameters);
  router_.add(Method::remove, "/x/{a}", say("gone"));
  const Response response = ask(Method::post, "/x/1");
  EXPECT_EQ(response.status, Status::method_not_allowed);
  EXPECT_EQ(response.header_lines(), "Allow: GET, HEAD, DELETE\r\n");
}

TEST_F(RouterTest, AnswersHeadByTheHandlerOfGetUnlessItHasItsOwn) {
  router_.add(Method::get, "/a", say("get"));
  router_.add(Method::get, "/b", say("get"));
  router_.add(Method::head, "/b", say("head"));
  EXPECT_EQ(body(Method::head, "/a"), "get");
  EXPECT_EQ(body(Method::head, "/b"), "head");
}

TEST_F(RouterTest, RunsMiddlewareFromTheOutsideIn) {
  router_.add(Method::get, "/before", show_trace);
  router_.use(letter("A"));
  router_.use(letter("B"));
  router_.add(Method::get, "/after", show_trace, {letter("C")});
  EXPECT_EQ(body(Method::get, "/before"), "none");
  const Response response = ask(Method::get, "/after");
  EXPECT_EQ(response.body(), "ABC");
  EXPECT_EQ(response.header_lines(), "Out: C\r\nOut: B\r\nOut: A\r\n");
}

TEST_F(RouterTest, LetsMiddlewareAnswerItself) {
  bool reached = false;
  const Middleware refuse = [](Request&, Next) -> Task<Response> { co_return Response(Status::forbidden); };
  const Handler handler = [&reached](Request&) -> Task<Response> {
    reached = true;
    co_return Response();
  };
  router_.add(Method::get, "/", handler, {refuse});
  EXPECT_EQ(ask(Method::get, "/").status, Status::forbidden);
  EXPECT_FALSE(reached);
}

TEST_F(RouterTest, WrapsTheRoutesThatAreThereOutsideOfTheirChains) {
  router_.add(Method::get, "/inner", show_trace, {letter("i")});
  router_.add(Method::get, "/inner/{a}", show_trace);
  const Router before = router_;
  router_.wrap(letter("o"));
  router_.add(Method::get, "/later", show_trace);
  EXPECT_EQ(body(Method::get, "/inner"), "oi");
  EXPECT_EQ(body(Method::get, "/inner/1"), "o");
  EXPECT_EQ(body(Method::get, "/later"), "none");
  router_ = before;
  EXPECT_EQ(body(Method::get, "/inner"), "i");
}

}  // namespace
}  // namespace gauntlet::http
