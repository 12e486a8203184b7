#include "runtimes/contract/error.hpp"

#include <string>

namespace gauntlet {

namespace {

class Category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "gauntlet"; }
  std::string message(int code) const override {
    switch (static_cast<Errc>(code)) {
      case Errc::out_of_resources:
        return "a bound of the runtime's configuration is reached";
      case Errc::not_running:
        return "the runtime has been shut down";
      case Errc::not_supported:
        return "not supported by this runtime";
      case Errc::cancelled:
        return "the task was cancelled";
      case Errc::task_failed:
        return "the task ended with an exception";
    }
    return "unknown error " + std::to_string(code);
  }
  /// So that `== std::errc::not_supported` holds of what a runtime refuses and of what the kernel does.
  std::error_condition default_error_condition(int code) const noexcept override {
    if (static_cast<Errc>(code) == Errc::not_supported) return std::errc::not_supported;
    return {code, *this};
  }
};

}  // namespace

const std::error_category& gauntlet_category() noexcept {
  static const Category category;
  return category;
}

std::error_code make_error_code(Errc code) noexcept { return {static_cast<int>(code), gauntlet_category()}; }

}  // namespace gauntlet
