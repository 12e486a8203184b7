#include "harness/worker/serve.hpp"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>

#include "harness/worker/command_queue.hpp"
#include "harness/worker/control_thread.hpp"
#include "runtimes/task/spawn.hpp"

namespace gauntlet {
namespace {

using Type = WorkerMessage::Type;

std::map<std::string, std::string> as_map(const EffectiveConfig& config) {
  std::map<std::string, std::string> map;
  for (const Setting& setting : config) {
    map[setting.name] = setting.note.empty() ? setting.value : setting.value + " (" + setting.note + ")";
  }
  return map;
}

/// The parameters of a scenario that are not its own, but the runtime's; see scenarios/README.md.
RuntimeConfig runtime_config(const Parameters& parameters, const Configuration& file, std::string_view backend) {
  RuntimeConfig config = file.runtime;
  config.backend = backend;
  const auto& values = parameters.values();
  if (values.contains("worker_threads")) {
    config.worker_threads = static_cast<std::uint32_t>(parameters.integer("worker_threads"));
  }
  if (values.contains("dispatch")) config.dispatch = parameters.word("dispatch");
  if (values.contains("work_stealing")) config.work_stealing = parameters.word("work_stealing") == "on";
  return config;
}

class WorkerContext final : public ServeContext {
 public:
  WorkerContext(const ServeOptions& options, std::string backend, Runtime& runtime, MessagePipe& pipe)
      : options_(options), backend_(std::move(backend)), runtime_(runtime), pipe_(pipe), commands_(runtime) {}

  const Parameters& parameters() const override { return *options_.parameters; }
  std::uint16_t port() const override { return options_.port; }
  const recovery::RecoveryConfig* recovery() override {
    takes_recovery_ = true;
    return recovery_given_ && options_.config.recovery.enabled ? &options_.config.recovery : nullptr;
  }
  void ready(std::uint16_t bound_port) override {
    auto config = as_map(runtime_.effective_config());
    config.try_emplace("backend", backend_);
    if (recovery_given_) config["recovery"] = effective_recovery();
    pipe_.send({.type = Type::ready, .port = bound_port, .effective_config = config, .values = {}, .reason = {}});
  }
  Task<std::string> next_command() override { return commands_.next(); }
  void report(const std::map<std::string, double>& values) override {
    pipe_.send({.type = Type::report, .effective_config = {}, .values = values, .reason = {}});
  }
  CommandQueue& commands() { return commands_; }

 private:
  std::string effective_recovery() const {
    const recovery::RecoveryConfig& config = options_.config.recovery;
    if (!takes_recovery_) return "off (not_supported: this scenario's server keeps no requests as the file says)";
    return config.enabled ? config.journal_backend + " in " + config.journal_path.string() : "off";
  }

  const ServeOptions& options_;
  const std::string backend_;
  Runtime& runtime_;
  MessagePipe& pipe_;
  CommandQueue commands_;
  const bool recovery_given_ =
      std::ranges::any_of(options_.config.given, [](const std::string& key) { return key.starts_with("recovery."); });
  bool takes_recovery_ = false;
};

/// How serve() ended; neither is set when the harness stopped it.
struct ServeEnd {
  std::optional<int> code;
  std::string exception;
};

Task<void> serve_to_end(Task<int> serve, Runtime& runtime, ServeEnd& end) {
  try {
    end.code = co_await serve;
  } catch (const std::exception& error) {
    end.exception = error.what();
  } catch (...) {
    end.exception = "an exception that is not a std::exception";
  }
  runtime.stop();
}

std::map<std::string, double> counters_of(const Runtime& runtime) {
  std::map<std::string, double> values;
  runtime.metrics().for_each(
      [&values](const char* name, std::uint64_t value) { values[name] = static_cast<double>(value); });
  return values;
}

int tell_end(const ServeEnd& end, MessagePipe& pipe) {
  if (!end.exception.empty()) {
    pipe.send({.type = Type::failed,
               .effective_config = {},
               .values = {},
               .reason = "serve() ended with an exception: " + end.exception});
    return EXIT_FAILURE;
  }
  const int code = end.code.value_or(0);
  pipe.send({.type = Type::done, .effective_config = {}, .values = {}, .code = code, .reason = {}});
  return code;
}

}  // namespace

int serve_on_runtime(const ServeOptions& options, const RuntimeEntry& entry, MessagePipe& pipe) {
  auto made = make_runtime(runtime_config(*options.parameters, options.config, entry.name));
  if (!made) {
    pipe.send({.type = Type::skipped, .effective_config = {}, .values = {}, .reason = made.error().reason});
    return kSkippedExitCode;
  }
  std::unique_ptr<Runtime> runtime = std::move(*made);
  WorkerContext context(options, std::string(entry.name), *runtime, pipe);
  ServeEnd end;
  {
    const ControlThread control(
        options.control_fd, {.on_command = [&context](std::string word) { context.commands().push(std::move(word)); },
                             .on_stop = [&runtime] { runtime->stop(); }});
    spawn(*runtime, serve_to_end(options.scenario->serve(context), *runtime, end)).detach();
    runtime->run();
  }
  pipe.send({.type = Type::metrics, .effective_config = {}, .values = counters_of(*runtime), .reason = {}});
  // Here, and not at the end of the scope: tasks that are dropped still refer to what stands above.
  runtime.reset();
  return tell_end(end, pipe);
}

}  // namespace gauntlet
