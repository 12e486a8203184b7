// gauntlet-worker: the process under test. Started by the harness, once per run.
#include <algorithm>
#include <cstdio>
#include <span>
#include <string>
#include <utility>

#include "harness/worker/options.hpp"
#include "harness/worker/serve.hpp"
#include "runtimes/failpoint/failpoint.hpp"

namespace {

constexpr const char* kHelp = R"(gauntlet-worker: runs one scenario's server inside one runtime

  gauntlet-worker --scenario load --runtime single_loop [--port 8080] [-p NAME=VALUE]... [--config FILE] [--message-fd 3] 3>&1
  gauntlet-worker --probe single_loop          # can it be had? its configuration, or the reason why not

Started by `gauntlet`; `gauntlet serve` is the way to have one by hand. Messages go to the message descriptor, one JSON
object a line. Commands come on standard input, one JSON object a line: {"command": "WORD"}, {"stop": true}. The end of
standard input is a stop.

GAUNTLET_FAILPOINTS="NAME=ACTION[@HIT][+],..." makes it crash, fail or wait there (gauntlet list failpoints);
GAUNTLET_FAILPOINTS_RECORD=FILE is told before it does.

Exit codes: 0 stopped as asked, 2 the command line is wrong, 7 cannot run here (the message says why), other: it failed.
)";

int refuse(const std::string& sentence) {
  std::fprintf(stderr, "gauntlet-worker: %s\n", sentence.c_str());
  return 2;
}

int probe(const std::string& name) {
  using namespace gauntlet;
  const RuntimeEntry* entry = find_runtime(name);
  if (entry == nullptr) return refuse("no runtime is called '" + name + "'");
  RuntimeConfig config;
  config.backend = entry->name;
  const auto runtime = entry->make(config);
  if (!runtime) {
    std::printf("%s\n", runtime.error().reason.c_str());
    return kSkippedExitCode;
  }
  for (const Setting& setting : (*runtime)->effective_config()) {
    if (setting.name != "backend") std::printf("%s=%s\n", setting.name.c_str(), setting.value.c_str());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace gauntlet;
  const auto options = parse_worker_options(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
  if (!options) return refuse(options.error());
  if (options->help) return std::fputs(kHelp, stdout) < 0 ? 1 : 0;
  if (!options->probe.empty()) return probe(options->probe);
  const Scenario* scenario = find_scenario(options->scenario);
  if (scenario == nullptr) return refuse("no scenario is called '" + options->scenario + "'");
  const auto parameters = Parameters::resolve(scenario->info().parameters, options->params, false);
  if (!parameters) return refuse(parameters.error());

  std::expected<Configuration, std::string> config;
  if (!options->config.empty()) config = load_configuration(options->config);
  if (!config) return refuse(config.error());

  if (const auto armed = arm_failpoints_of_environment(); !armed) return refuse(armed.error());

  MessagePipe pipe(options->message_fd);
  const ServeOptions serve{
      .scenario = scenario, .parameters = &*parameters, .port = options->port, .config = std::move(*config)};
  if (const RuntimeEntry* entry = find_runtime(options->runtime)) return serve_on_runtime(serve, *entry, pipe);
  const auto& references = scenario->info().references;
  if (std::ranges::find(references, options->runtime, &ReferenceInfo::name) != references.end()) {
    return serve_as_reference(serve, options->runtime, pipe);
  }
  return refuse("no runtime is called '" + options->runtime + "', and no reference of '" + options->scenario +
                "' either");
}
