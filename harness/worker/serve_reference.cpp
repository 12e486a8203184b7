#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <string>

#include "harness/worker/control_thread.hpp"
#include "harness/worker/serve.hpp"

namespace gauntlet {
namespace {

using Type = WorkerMessage::Type;

class WorkerReferenceContext final : public ReferenceContext {
 public:
  WorkerReferenceContext(const ServeOptions& options, std::string_view name, int stop, MessagePipe& pipe)
      : ReferenceContext(*options.parameters, options.port, stop), name_(name), pipe_(pipe) {}
  void ready(std::uint16_t bound_port) override {
    pipe_.send({.type = Type::ready,
                .port = bound_port,
                .effective_config = {{"backend", name_}},
                .values = {},
                .reason = {}});
  }
  void report(const std::map<std::string, double>& values) override {
    pipe_.send({.type = Type::report, .effective_config = {}, .values = values, .reason = {}});
  }

 private:
  const std::string name_;
  MessagePipe& pipe_;
};

class StopEvent {
 public:
  StopEvent() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~StopEvent() { ::close(fd_); }
  StopEvent(const StopEvent&) = delete;
  StopEvent& operator=(const StopEvent&) = delete;
  int fd() const { return fd_; }
  void raise() const { eventfd_write(fd_, 1); }

 private:
  const int fd_;
};

}  // namespace

int serve_as_reference(const ServeOptions& options, std::string_view reference, MessagePipe& pipe) {
  const StopEvent stop;
  // A reference knows no commands.
  const ControlThread control(options.control_fd,
                              {.on_command = [](const std::string&) {}, .on_stop = [&stop] { stop.raise(); }});
  WorkerReferenceContext context(options, reference, stop.fd(), pipe);
  try {
    const int code = options.scenario->serve_reference(reference, context);
    pipe.send({.type = Type::done, .effective_config = {}, .values = {}, .code = code, .reason = {}});
    return code;
  } catch (const std::exception& error) {
    pipe.send({.type = Type::failed,
               .effective_config = {},
               .values = {},
               .reason = std::string("the reference ended with an exception: ") + error.what()});
    return EXIT_FAILURE;
  }
}

}  // namespace gauntlet
