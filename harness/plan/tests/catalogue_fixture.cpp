#include "harness/plan/tests/catalogue_fixture.hpp"

namespace gauntlet::fixtures {
namespace {

using Type = ParameterInfo::Type;

ParameterInfo number(std::string name, Type type, std::string real, std::string smoke) {
  return {.name = std::move(name),
          .description = "",
          .type = type,
          .default_value = std::move(real),
          .smoke_value = std::move(smoke),
          .minimum = 0,
          .maximum = 1e6,
          .choices = {}};
}

ParameterInfo word(std::string name, std::vector<std::string> choices) {
  return {.name = std::move(name),
          .description = "",
          .type = Type::word,
          .default_value = choices.front(),
          .smoke_value = "",
          .choices = choices};
}

MetricInfo metric(std::string name, Better better) {
  return {.name = std::move(name), .unit = "", .better = better, .description = ""};
}

}  // namespace

Catalogue small_catalogue() {
  ScenarioInfo load;
  load.name = "load";
  load.question = "What does a request cost?";
  load.parameters = {word("protocol", {"http", "echo"}),
                     number("connections", Type::integer, "64", "4"),
                     number("payload_bytes", Type::integer, "64", ""),
                     word("pacing", {"open", "closed"}),
                     word("arrival", {"poisson", "constant"}),
                     number("rate_rps", Type::real, "8000", "500"),
                     number("duration_s", Type::real, "10", "0.2"),
                     number("warmup_s", Type::real, "1", "0.05"),
                     number("seed", Type::integer, "1", "")};
  load.metrics = {metric("subject_cpu_us_per_request", Better::lower), metric("throughput_rps", Better::higher),
                  metric("latency_p99_us", Better::lower)};
  load.references = {{.name = "floor_epoll", .description = "a bare epoll loop"},
                     {.name = "floor_io_uring", .description = "a bare ring"},
                     {.name = "libuv_native", .description = "libuv alone"}};
  ScenarioInfo busy_wait;
  busy_wait.name = "busy_wait";
  busy_wait.question = "Does it sleep while it waits?";
  busy_wait.parameters = {number("tasks", Type::integer, "1000", "100"), number("window_s", Type::real, "10", "2")};
  busy_wait.metrics = {metric("idle_cpu_percent", Better::lower)};
  return {.scenarios = {load, busy_wait},
          .runtimes = {{.name = "single_loop", .aliases = {"epoll"}, .negative_control = false},
                       {.name = "io_uring", .aliases = {"uring"}, .negative_control = false},
                       {.name = "libuv", .aliases = {}, .negative_control = false},
                       {.name = "busy_wait", .aliases = {}, .negative_control = true}}};
}

}  // namespace gauntlet::fixtures
