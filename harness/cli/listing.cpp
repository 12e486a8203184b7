#include "harness/cli/listing.hpp"

#include "harness/cli/catalogue.hpp"
#include "harness/plan/suite_file.hpp"
#include "runtimes/contract/registry.hpp"

namespace gauntlet {

std::vector<RuntimeListing> runtimes_here() {
  std::vector<RuntimeListing> listings;
  for (const RuntimeEntry& entry : all_runtimes()) {
    RuntimeListing listing{.name = std::string(entry.name),
                           .aliases = {entry.aliases.begin(), entry.aliases.end()},
                           .description = std::string(entry.description),
                           .negative_control = entry.negative_control,
                           .reason = {},
                           .features = {}};
    RuntimeConfig config;
    config.backend = entry.name;
    if (const auto runtime = entry.make(config)) {
      listing.available = true;
      for (const Setting& setting : (*runtime)->effective_config()) {
        if (setting.name != "backend") listing.features.push_back(setting.name + "=" + setting.value);
      }
    } else {
      listing.reason = runtime.error().reason;
    }
    listings.push_back(std::move(listing));
  }
  return listings;
}

std::vector<SuiteListing> suites_here() {
  std::vector<SuiteListing> listings;
  for (const std::string& name : suite_names(suites_folder())) {
    const auto suite = load_suite(suites_folder(), name);
    listings.push_back(
        {.name = name, .title = suite ? suite->title : suite.error(), .families = suite ? suite->families.size() : 0});
  }
  return listings;
}

}  // namespace gauntlet
