#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/catalogue.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/listing.hpp"
#include "runtimes/configuration/config_keys.hpp"

namespace gauntlet {
namespace {

struct ListOptions {
  std::string what;
  bool json = false;
};

constexpr const char* kExamples = R"(Examples:
  gauntlet list
  gauntlet list scenarios          # with their parameters
  gauntlet list runtimes --json
  gauntlet list config             # keys of a configuration file
  gauntlet list config --json      # its JSON schema

Exit codes: 0 listed, 2 usage.)";

void print_runtimes() {
  fmt::print("Runtimes\n");
  for (const RuntimeListing& runtime : runtimes_here()) {
    const std::string aliases =
        runtime.aliases.empty() ? "" : fmt::format(" (also {})", fmt::join(runtime.aliases, ", "));
    fmt::print("  {:<14} {}{}\n", runtime.name, runtime.description, aliases);
    if (!runtime.available) fmt::print("  {:<14} not available here: {}\n", "", runtime.reason);
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

void list(const ListOptions& options) {
  if (options.json) {
    const std::string text = options.what == "runtimes"    ? runtimes_json(runtimes_here())
                             : options.what == "config"    ? configuration_schema()
                             : options.what == "scenarios" ? scenarios_json(catalogue_here().scenarios)
                                                           : suites_json(suites_here());
    fmt::print("{}", text);
    return;
  }
  if (options.what.empty() || options.what == "runtimes") print_runtimes();
  if (options.what.empty() || options.what == "scenarios") print_scenarios();
  if (options.what.empty() || options.what == "suites") print_suites();
  if (options.what == "config") print_config();
}

}  // namespace

void add_list_command(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("list", "Runtimes, scenarios and suites that there are");
  command->footer(kExamples);
  auto options = std::make_shared<ListOptions>();
  command->add_option("what", options->what, "runtimes, scenarios, suites or config; all but config when left out");
  command->add_flag("--json", options->json, "One JSON object on standard output");
  command->callback([options, &context] {
    const std::vector<std::string> known = {"runtimes", "scenarios", "suites", "config"};
    if (!options->what.empty() && std::ranges::find(known, options->what) == known.end()) {
      context.exit_code = complain(unknown_name("listing", options->what, known), kUsage);
    } else if (options->json && options->what.empty()) {
      context.exit_code = complain("--json needs to know what to list: runtimes, scenarios, suites or config", kUsage);
    } else {
      list(*options);
    }
  });
}

}  // namespace gauntlet
