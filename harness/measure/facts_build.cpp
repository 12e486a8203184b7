#include <fmt/core.h>
#include <gnu/libc-version.h>
#include <zlib.h>

#include "harness/measure/facts.hpp"
#include "harness/measure/git_revision.hpp"

// GAUNTLET_BUILD_* come from this folder's CMakeLists.txt.
namespace gauntlet {
namespace {

Fact compiler() {
#if defined(__clang__)
  return {.name = "compiler", .value = "clang " __clang_version__, .identifies = true};
#else
  return {.name = "compiler", .value = "g++ " __VERSION__, .identifies = true};
#endif
}

Fact flags() {
  Fact fact{.name = "compiler_flags", .value = GAUNTLET_BUILD_FLAGS, .identifies = true};
  fact.effect = "built with optimisation, as a service would be";
  if (fact.value.find("-fsanitize") != std::string::npos) {
    fact.effect = "built with sanitizers: times mean nothing";
    fact.level = FactLevel::problem;
  } else if (fact.value.find("-O2") == std::string::npos && fact.value.find("-O3") == std::string::npos) {
    fact.effect = "built without optimisation: times mean nothing";
    fact.level = FactLevel::problem;
  }
  if (fact.level != FactLevel::ok) fact.fix = "make build PRESET=release";
  return fact;
}

Fact libraries() {
  return {
      .name = "libraries",
      .value = fmt::format("glibc {}, zlib {}, fmt {}.{}.{}, {}", gnu_get_libc_version(), zlibVersion(),
                           FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100, GAUNTLET_BUILD_LIBRARIES),
      .identifies = true};
}

void append_revision(std::vector<Fact>& facts) {
  const auto revision = git_revision_of(GAUNTLET_BUILD_SOURCES);
  if (!revision) {
    facts.push_back({.name = "revision",
                     .value = std::string(kUnknown),
                     .effect = "no commit to be found: nobody can tell what was measured",
                     .fix = "build from a git checkout",
                     .level = FactLevel::warning,
                     .identifies = true});
    return;
  }
  facts.push_back({.name = "revision", .value = revision->commit, .identifies = true});
  Fact dirty{.name = "dirty", .value = "no", .effect = "anybody can measure the same sources", .identifies = true};
  if (revision->dirty) {
    dirty.value = "yes";
    dirty.effect = "uncommitted changes: nobody else can measure the same";
    dirty.fix = "git commit";
    dirty.level = FactLevel::warning;
  }
  facts.push_back(std::move(dirty));
}

}  // namespace

void append_build_facts(std::vector<Fact>& facts) {
  facts.push_back(compiler());
  facts.push_back(flags());
  facts.push_back(libraries());
  append_revision(facts);
}

}  // namespace gauntlet
