#include "harness/cli/listing.hpp"

#include <filesystem>
#include <utility>

#include "harness/cli/catalogue.hpp"
#include "harness/cli/probe_worker.hpp"
#include "harness/plan/suite_file.hpp"
#include "harness/subject/harness_bench.hpp"
#include "runtimes/contract/registry.hpp"

namespace gauntlet {

namespace {

void construct(const RuntimeEntry& entry, RuntimeListing& listing) {
  RuntimeConfig config;
  config.backend = entry.name;
  const auto runtime = entry.make(config);
  if (!runtime) {
    listing.reason = runtime.error().reason;
    return;
  }
  listing.available = true;
  for (const Setting& setting : (*runtime)->effective_config()) {
    if (setting.name != "backend") listing.features.push_back(setting.name + "=" + setting.value);
  }
}

}  // namespace

std::vector<RuntimeListing> runtimes_here() {
  const std::filesystem::path programs = setup_here(-1).worker.parent_path();
  std::vector<RuntimeListing> listings;
  for (const RuntimeEntry& entry : all_runtimes()) {
    RuntimeListing listing{.name = std::string(entry.name),
                           .aliases = {entry.aliases.begin(), entry.aliases.end()},
                           .description = std::string(entry.description),
                           .negative_control = entry.negative_control,
                           .reason = {},
                           .features = {},
                           .not_supported = entry.not_supported,
                           .most_tasks = entry.most_tasks};
    if (!entry.is_built_in) {
      ProbedRuntime probed = probe_worker(programs / entry.worker_program, listing.name);
      listing.available = probed.available;
      listing.reason = std::move(probed.reason);
      listing.features = std::move(probed.features);
    } else {
      construct(entry, listing);
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
