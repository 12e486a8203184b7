// Every runtime there is, by name.
#pragma once

#include <cstdint>
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

/// What a program may ask of a runtime and not every runtime has, a row each of the table in runtimes/README.md.
enum class Feature : std::uint8_t {
  many_tasks,
  blocking_calls,
  files,
  several_workers,
  stealing,
  idle_blocking,
  park_hooks
};

struct FeatureInfo {
  Feature feature;
  std::string_view name;
  std::string_view description;
};
/// In the order of the table.
std::span<const FeatureInfo> all_features();

/// A feature that a runtime does not have, and why, in a few words.
struct NotSupported {
  Feature feature;
  std::string_view reason;
};

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
  /// It has every other feature. Conformance holds this against what it does, and against what may be missing at all.
  std::vector<NotSupported> not_supported = {};
  /// Live tasks at most, whatever the configuration says; 0: no bound of its own.
  std::uint32_t most_tasks = 0;
};

/// Null: it has the feature.
const NotSupported* what_is_missing(const RuntimeEntry& entry, Feature feature);

/// In the order in which they are listed. An explicit table: no static initialiser registers anything.
std::span<const RuntimeEntry> all_runtimes();

/// By name or alias; null when there is none.
const RuntimeEntry* find_runtime(std::string_view name);

/// By config.backend; empty: default_runtime(). An unknown name or a value that is none is Unavailable too, with near
/// matches.
std::expected<std::unique_ptr<Runtime>, Unavailable> make_runtime(const RuntimeConfig& config);

/// The runtime of those who name none: the first that is registered, but for the fallback, which is chosen when nothing
/// else is, and the negative control, which never is.
const RuntimeEntry& default_runtime(std::span<const RuntimeEntry> registered = all_runtimes());

/// Who names no runtime gets the fallback.
bool is_using_fallback(std::span<const RuntimeEntry> registered = all_runtimes());

}  // namespace gauntlet
