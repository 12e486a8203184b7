// Every runtime there is, by name.
#pragma once

#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtimes/contract/runtime.hpp"

namespace gauntlet {

/// A runtime that cannot be had here says why, in one sentence; nothing else is used in its place.
struct Unavailable {
  std::string reason;
};

/// The worker of every runtime that can share a program with the others.
inline constexpr std::string_view common_worker_program = "gauntlet-worker";

struct RuntimeEntry {
  std::string_view name;
  std::vector<std::string_view> aliases;
  std::string_view description;
  /// The anti-pattern that gates must reject. Exempt from "idle means blocked", and from nothing else.
  bool negative_control = false;
  /// Constructs one, on the thread that will run it. The values of `config` are valid; see check().
  std::expected<std::unique_ptr<Runtime>, Unavailable> (*make)(const RuntimeConfig& config) = nullptr;
  /// The program, beside the others, whose registry can make it.
  std::string_view worker_program = common_worker_program;
  /// This program is one that can. Otherwise `make` says where it stands.
  bool is_built_in = true;
};

/// In the order in which they are listed. An explicit table: no static initialiser registers anything.
std::span<const RuntimeEntry> all_runtimes();

/// By name or alias; null when there is none.
const RuntimeEntry* find_runtime(std::string_view name);

/// By config.backend. An unknown name or a value that is none is Unavailable too, with near matches.
std::expected<std::unique_ptr<Runtime>, Unavailable> make_runtime(const RuntimeConfig& config);

}  // namespace gauntlet
