#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "harness/cli/catalogue.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/listing.hpp"
#include "runtimes/configuration/config_keys.hpp"
#include "runtimes/failpoint/failpoints.hpp"
#include "runtimes/feature_table.hpp"

namespace gauntlet {
namespace {

struct ListOptions {
  std::string what;
  bool json = false;
  bool markdown = false;
};

constexpr const char* kListExamples = R"(Examples:
  gauntlet list
  gauntlet list scenarios          # with their parameters
  gauntlet list runtimes --json
  gauntlet list runtimes --markdown   # what each of them offers, as a table
  gauntlet list config             # keys of a configuration file
  gauntlet list config --json      # its JSON schema
  gauntlet list failpoints         # where a server can be made to crash, and how

Exit codes: 0 listed, 2 usage.)";

void print_runtimes() {
  fmt::print("Runtimes\n");
  for (const RuntimeListing& runtime : runtimes_here()) {
    const std::string aliases =
        runtime.aliases.empty() ? "" : fmt::format(" (also {})", fmt::join(runtime.aliases, ", "));
    fmt::print("  {:<14} {}{}\n", runtime.name, runtime.description, aliases);
    if (!runtime.available) fmt::print("  {:<14} not available here: {}\n", "", runtime.reason);
    if (runtime.most_tasks != 0) {
      fmt::print("  {:<14} at most {} tasks: is skipped where a scenario has more\n", "", runtime.most_tasks);
    }
    std::vector<std::string_view> missing;
    for (const FeatureInfo& info : all_features()) {
      const auto& all = runtime.not_supported;
      if (std::ranges::find(all, info.feature, &NotSupported::feature) != all.end()) missing.push_back(info.name);
    }
    if (!missing.empty()) fmt::print("  {:<14} not supported: {}\n", "", fmt::join(missing, ", "));
  }
}

void print_scenarios() {
  fmt::print("Scenarios\n");
  for (const ScenarioInfo& scenario : catalogue_here().scenarios) {
    fmt::print("  {:<14} {}\n", scenario.name, scenario.question);
    for (const ParameterInfo& parameter : scenario.parameters) {
      const std::string choices =
          parameter.choices.empty() ? "" : fmt::format(" [{}]", fmt::join(parameter.choices, ", "));
      fmt::print("      -p {:<24} {}{}\n", parameter.name + "=" + parameter.default_value, parameter.description,
                 choices);
    }
    for (const ReferenceInfo& reference : scenario.references) {
      fmt::print("      reference {:<17} {}\n", reference.name, reference.description);
    }
  }
}

void print_suites() {
  fmt::print("Suites\n");
  for (const SuiteListing& suite : suites_here()) fmt::print("  {:<14} {}\n", suite.name, suite.title);
}

void print_config() {
  fmt::print("Keys of a configuration file\n");
  std::string_view section;
  for (const ConfigKey& key : config_keys()) {
    if (key.section != section) fmt::print("  [{}]\n", section = key.section);
    fmt::print("    {:<44} {}{}\n", fmt::format("{} = {}", key.name, config_text(key.default_value)), key.doc,
               key.set ? "" : " (not_supported)");
  }
}

void print_failpoints() {
  fmt::print("Failpoints of a server (* an error can be returned there)\n");
  for (const FailpointInfo& info : all_failpoints()) {
    fmt::print("  {:<26} {} {}\n", info.name, info.can_fail ? '*' : ' ', info.stands_at);
  }
  fmt::print(
      "\nArmed by GAUNTLET_FAILPOINTS=NAME=ACTION[@HIT][+],... in the environment of gauntlet run or serve. ACTION: "
      "SIGKILL, SIGSEGV, SIGABRT,\nan errno such as EIO, delay:MILLISECONDS. HIT counts from 1; + means from then "
      "on.\n");
}

void list(const ListOptions& options) {
  if (options.json) {
    const std::string text = options.what == "runtimes"     ? runtimes_json(runtimes_here())
                             : options.what == "config"     ? configuration_schema()
                             : options.what == "scenarios"  ? scenarios_json(catalogue_here().scenarios)
                             : options.what == "failpoints" ? failpoints_json(all_failpoints())
                                                            : suites_json(suites_here());
    fmt::print("{}", text);
    return;
  }
  if (options.markdown) {
    fmt::print("{}", feature_table());
    return;
  }
  if (options.what.empty() || options.what == "runtimes") print_runtimes();
  if (options.what.empty() || options.what == "scenarios") print_scenarios();
  if (options.what.empty() || options.what == "suites") print_suites();
  if (options.what == "config") print_config();
  if (options.what == "failpoints") print_failpoints();
}

}  // namespace

void add_list_command(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("list", "Runtimes, scenarios and suites that there are");
  command->footer(kListExamples);
  auto options = std::make_shared<ListOptions>();
  command->add_option("what", options->what,
                      "runtimes, scenarios, suites, config or failpoints; the first three when left out");
  command->add_flag("--json", options->json, "One JSON object on standard output");
  command->add_flag("--markdown", options->markdown, "runtimes: the table of what each of them offers");
  command->callback([options, &context] {
    const std::vector<std::string> known = {"runtimes", "scenarios", "suites", "config", "failpoints"};
    if (!options->what.empty() && std::ranges::find(known, options->what) == known.end()) {
      context.exit_code = complain(unknown_name("listing", options->what, known), kUsage);
    } else if (options->markdown && (options->what != "runtimes" || options->json)) {
      context.exit_code = complain("--markdown is for `gauntlet list runtimes`, without --json", kUsage);
    } else if (options->json && options->what.empty()) {
      context.exit_code =
          complain("--json needs to know what to list: runtimes, scenarios, suites, config or failpoints", kUsage);
    } else {
      list(*options);
    }
  });
}

}  // namespace gauntlet
