// Errors of operation are values. std::error_code carries errno or one of Errc.
#pragma once

#include <expected>
#include <system_error>
#include <type_traits>

namespace gauntlet {

/// What a runtime refuses for reasons of its own.
enum class Errc {
  out_of_resources = 1,  ///< a bound of the configuration is reached (tasks, connections)
  not_running,           ///< the runtime has been shut down
  not_supported,         ///< this runtime does not offer it
  cancelled,             ///< the task was cancelled before it finished
  task_failed,           ///< the task ended with an exception
};

const std::error_category& gauntlet_category() noexcept;
std::error_code make_error_code(Errc code) noexcept;

template <typename T>
using Result = std::expected<T, std::error_code>;

/// From a negative Op result.
inline std::unexpected<std::error_code> errno_error(int negative_result) {
  return std::unexpected(std::error_code(-negative_result, std::system_category()));
}

}  // namespace gauntlet

template <>
struct std::is_error_code_enum<gauntlet::Errc> : std::true_type {};
