#include "runtimes/configuration/configuration.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "runtimes/configuration/config_keys.hpp"

namespace gauntlet {
namespace {

constexpr std::uint32_t cores = 6;

Configuration parsed(std::string_view text) {
  auto result = parse_configuration(text, "gauntlet.toml", cores);
  EXPECT_TRUE(result.has_value()) << result.error();
  return result.value_or(Configuration{});
}

std::string error_of(std::string_view text) {
  const auto result = parse_configuration(text, "gauntlet.toml", cores);
  return result ? "no error" : result.error();
}

const Setting* find(const std::vector<Setting>& settings, std::string_view name) {
  const auto found = std::ranges::find(settings, name, &Setting::name);
  return found != settings.end() ? &*found : nullptr;
}

TEST(Configuration, AnEmptyFileIsTheDefaults) {
  const Configuration empty = parsed("");
  const RuntimeConfig usual;
  EXPECT_EQ(empty.runtime.backend, usual.backend);
  EXPECT_EQ(empty.runtime.blocking_threads, usual.blocking_threads);
  EXPECT_TRUE(empty.given.empty());
  EXPECT_TRUE(empty.runtime.not_offered.empty());
}

TEST(Configuration, LoadsTheShortFileOfAStellaneServerAsItStands) {
  const Configuration config = parsed(R"([runtime]
backend = "libuv"           # Backend type: "epoll", "libuv", "io_uring", "custom"
worker_threads = 4          # Number of worker threads (multi-loop backends)
max_tasks_per_loop = 1000   # Task queue size per loop
enable_cpu_affinity = true  # Pin workers to specific CPU cores
)");
  EXPECT_EQ(config.runtime.backend, "libuv");
  EXPECT_EQ(config.runtime.worker_threads, 4u);
  EXPECT_TRUE(config.runtime.enable_cpu_affinity);
  const Setting* answered = find(config.runtime.not_offered, "max_tasks_per_loop");
  ASSERT_NE(answered, nullptr);
  EXPECT_EQ(answered->value, "0");
  EXPECT_EQ(answered->note, "not_supported: no runtime offers it; asked for 1000");
}

TEST(Configuration, LoadsTheLongFileOfAStellaneServerAsItStands) {
  const Configuration config = parsed(R"(# stellane.config.toml
[runtime]
backend = "io_uring"
worker_threads = 8
max_connections = 10000

[recovery]
enabled = true
journal_backend = "rocksdb"
journal_path = "/var/log/stellane/recovery"
max_recovery_attempts = 3

[performance]
enable_cpu_affinity = true
numa_aware = true
zero_copy_io = true
)");
  EXPECT_EQ(config.runtime.backend, "io_uring");
  EXPECT_EQ(config.runtime.worker_threads, 8u);
  EXPECT_TRUE(config.runtime.enable_cpu_affinity);
  EXPECT_TRUE(config.runtime.numa_aware);
  EXPECT_TRUE(config.recovery.enabled);
  EXPECT_EQ(config.recovery.journal_backend, "rocksdb");
  EXPECT_EQ(config.recovery.journal_path, "/var/log/stellane/recovery");
  EXPECT_EQ(config.recovery.max_recovery_attempts, 3u);
  EXPECT_TRUE(config.gives("recovery.enabled"));
  EXPECT_EQ(config.runtime.max_connections, 10'000u);
  EXPECT_TRUE(config.runtime.zero_copy_io);
  EXPECT_TRUE(config.runtime.not_offered.empty());
}

TEST(Configuration, CountsWorkerThreadsFromTheCores) {
  const std::pair<const char*, std::uint32_t> cases[] = {{"3", 3},          {"\"3\"", 3},        {"\"auto\"", 6},
                                                         {"\"cores\"", 6},  {"\"cores*2\"", 12}, {"\"cores+2\"", 8},
                                                         {"\"cores*1\"", 6}};
  for (const auto& [text, threads] : cases) {
    EXPECT_EQ(parsed("[runtime]\nworker_threads = " + std::string(text)).runtime.worker_threads, threads) << text;
  }
  for (const char* text : {"0", "255", "\"\"", "\"cores*\"", "\"cores-1\"", "\"cores*0\"", "\"cores*99\"", "\"2x\"",
                           "\"cores+99999999999\"", "2.5", "true"}) {
    const std::string error = error_of("[runtime]\nworker_threads = " + std::string(text));
    EXPECT_TRUE(error.starts_with("gauntlet.toml:2: 'worker_threads' must be a whole number from 1 to 254")) << error;
  }
}

TEST(Configuration, ErrorsNameLineKeyAndTheNearestKnownWord) {
  const std::pair<const char*, const char*> cases[] = {
      {"[runtime]\nworker_thread = 2",
       "gauntlet.toml:2: unknown key 'worker_thread' in [runtime]; did you mean 'worker_threads'?"},
      {"[runtme]\n", "gauntlet.toml:1: unknown section [runtme]; did you mean 'runtime'?"},
      {"backend = \"epoll\"",
       "gauntlet.toml:1: 'backend' stands above the sections; keys belong below one, like [runtime]"},
      {"[runtime]\nbackend = 3", "gauntlet.toml:2: 'backend' must be text in quotes"},
      {"[runtime]\n\nenable_cpu_affinity = \"yes\"", "gauntlet.toml:3: 'enable_cpu_affinity' must be true or false"},
      {"[runtime]\nblocking_threads = 0", "gauntlet.toml:2: 'blocking_threads' must be a whole number from 1 to 1024"},
      {"[runtime]\ndispatch = \"least_load\"",
       "gauntlet.toml:2: 'dispatch' must be one of \"round_robin\" \"least_loaded\" \"affinity\"; did you mean "
       "\"least_loaded\"?"},
      {"[recovery]\npromise = \"kept\"", "gauntlet.toml:2: 'promise' must be one of \"accepted\" \"completed\""},
      {"[runtime]\nworker_thread_name = \"a_very_long_name\"",
       "gauntlet.toml: worker_thread_name has at most 9 letters, so that the kernel keeps the worker's number behind "
       "it; 'a_very_long_name' has 16"}};
  for (const auto& [text, error] : cases) EXPECT_EQ(error_of(text), error);
  EXPECT_TRUE(error_of("[runtime\n").starts_with("gauntlet.toml:1: ")) << error_of("[runtime\n");
}

TEST(Configuration, AnUnknownWordNearNothingIsAnsweredWithAllThatAreKnown) {
  const std::string error = error_of("[log]\nzzz = 1");
  EXPECT_EQ(error, "gauntlet.toml:2: unknown key 'zzz' in [log]; known are: level, format");
}

TEST(Configuration, ContradictionsAreErrors) {
  EXPECT_EQ(error_of("[runtime]\nenable_cpu_affinity = true\n[performance]\nenable_cpu_affinity = false"),
            "gauntlet.toml: [runtime] and [performance] contradict each other about enable_cpu_affinity; give it once");
  EXPECT_EQ(error_of("[runtime]\nscheduling = \"stealing\"\nwork_stealing = false"),
            "gauntlet.toml: scheduling = \"stealing\" contradicts work_stealing = false; leave one of them out");
  EXPECT_NE(error_of("[runtime]\nscheduling = \"affinity\"\nwork_stealing = true"), "no error");
  EXPECT_FALSE(parsed("[runtime]\nscheduling = \"affinity\"\nwork_stealing = false").runtime.work_stealing);
  EXPECT_FALSE(parsed("[runtime]\nscheduling = \"fifo\"").runtime.work_stealing);
  EXPECT_TRUE(parsed("[runtime]\nscheduling = \"stealing\"").runtime.work_stealing);
}

TEST(Configuration, WhatNoRuntimeOffersIsAnsweredUnlessItIsWhatHoldsAnyway) {
  EXPECT_TRUE(parsed("[performance]\nlock_memory = false\nthread_policy = \"other\"").runtime.not_offered.empty());
  const Configuration asked = parsed("[runtime]\nscheduling = \"priority\"\n[performance]\nthread_policy = \"fifo\"");
  const Setting* policy = find(asked.runtime.not_offered, "thread_policy");
  ASSERT_NE(policy, nullptr);
  EXPECT_EQ(policy->value, "other");
  EXPECT_EQ(policy->note, "not_supported: no runtime offers it; asked for \"fifo\"");
  EXPECT_NE(find(asked.runtime.not_offered, "scheduling"), nullptr);
}

TEST(Configuration, EveryKeyTakesItsDefaultAndRefusesWhatIsOutOfBounds) {
  const Configuration usual;
  for (const ConfigKey& key : config_keys()) {
    const std::string section = "[" + std::string(key.section) + "]\n" + std::string(key.name) + " = ";
    const Configuration config = parsed(section + config_text(key.default_value));
    EXPECT_TRUE(config.runtime.not_offered.empty()) << key.name;
    EXPECT_EQ(config.given.size(), 1u);
    if (!std::holds_alternative<std::int64_t>(key.default_value)) continue;
    EXPECT_NE(error_of(section + std::to_string(key.least - 1)), "no error") << key.name;
    EXPECT_NE(error_of(section + std::to_string(key.most + 1)), "no error") << key.name;
    EXPECT_EQ(error_of(section + std::to_string(key.least)), "no error") << key.name;
    EXPECT_EQ(error_of(section + std::to_string(key.most)), "no error") << key.name;
  }
}

TEST(Configuration, EveryOfferedKeyChangesSomething) {
  for (const ConfigKey& key : config_keys()) {
    if (!key.set) continue;
    ConfigValue other = key.default_value;
    if (bool* flag = std::get_if<bool>(&other)) *flag = !*flag;
    if (std::int64_t* number = std::get_if<std::int64_t>(&other)) *number = *number == key.least ? key.most : key.least;
    if (std::string* text = std::get_if<std::string>(&other)) *text = key.choices.empty() ? "x" : key.choices.front();
    if (other == key.default_value) other = std::string(key.choices.back());
    Configuration one, two;
    key.set(one, key.default_value);
    key.set(two, other);
    const auto& r1 = one.runtime;
    const auto& r2 = two.runtime;
    const auto& j1 = one.recovery;
    const auto& j2 = two.recovery;
    const bool runtime = r1.backend != r2.backend || r1.worker_threads != r2.worker_threads ||
                         r1.dispatch != r2.dispatch || r1.work_stealing != r2.work_stealing ||
                         r1.buffer_bytes != r2.buffer_bytes || r1.buffers_per_worker != r2.buffers_per_worker ||
                         r1.turn_budget != r2.turn_budget || r1.listen_backlog != r2.listen_backlog ||
                         r1.blocking_threads != r2.blocking_threads || r1.max_tasks != r2.max_tasks ||
                         r1.max_connections != r2.max_connections || r1.shed_connections != r2.shed_connections ||
                         r1.worker_thread_name != r2.worker_thread_name ||
                         r1.enable_cpu_affinity != r2.enable_cpu_affinity || r1.numa_aware != r2.numa_aware ||
                         r1.zero_copy_io != r2.zero_copy_io || r1.zero_copy_bytes != r2.zero_copy_bytes ||
                         r1.sqpoll != r2.sqpoll || r1.registered_files != r2.registered_files;
    const bool recovery =
        j1.enabled != j2.enabled || j1.journal_backend != j2.journal_backend || j1.journal_path != j2.journal_path ||
        j1.max_recovery_attempts != j2.max_recovery_attempts || j1.promise != j2.promise || j1.backoff != j2.backoff ||
        j1.deadline != j2.deadline || j1.body_bytes_max != j2.body_bytes_max ||
        j1.body_inline_bytes_max != j2.body_inline_bytes_max || j1.remembered_keys_max != j2.remembered_keys_max ||
        j1.segment_bytes != j2.segment_bytes || j1.max_unfinished_starts != j2.max_unfinished_starts;
    EXPECT_TRUE(key.section == "recovery" ? recovery : runtime) << key.section << "." << key.name;
  }
}

TEST(Configuration, TheSchemaHasEveryKeyWithItsDefaultAndNothingElse) {
  const auto schema = nlohmann::json::parse(configuration_schema());
  std::size_t keys = 0;
  for (const auto& [section, table] : schema["properties"].items()) {
    EXPECT_FALSE(table["additionalProperties"].get<bool>());
    keys += table["properties"].size();
  }
  EXPECT_EQ(keys, config_keys().size());
  const auto& threads = schema["properties"]["runtime"]["properties"]["worker_threads"];
  EXPECT_EQ(threads["default"], RuntimeConfig{}.worker_threads);
  EXPECT_EQ(threads["oneOf"][0]["maximum"], most_workers);
  EXPECT_EQ(schema["properties"]["recovery"]["properties"]["promise"]["enum"][1], "completed");
}

TEST(Configuration, AFileIsReadAndOneThatIsNotThereIsAnError) {
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "gauntlet_configuration_test.toml";
  std::ofstream(file) << "[runtime]\nworker_threads = \"cores*1\"\nturn_budget = 5\n";
  const auto loaded = load_configuration(file, 3);
  ASSERT_TRUE(loaded.has_value()) << loaded.error();
  EXPECT_EQ(loaded->runtime.worker_threads, 3u);
  EXPECT_EQ(loaded->runtime.turn_budget, 5u);
  EXPECT_TRUE(load_configuration(file).has_value());
  std::filesystem::remove(file);
  EXPECT_EQ(load_configuration(file).error(), "the configuration file '" + file.string() + "' cannot be read");
  EXPECT_FALSE(load_configuration(testing::TempDir()).has_value());
}

}  // namespace
}  // namespace gauntlet
