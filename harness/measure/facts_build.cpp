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
  return {"compiler", "clang " __clang_version__, "", true};
#else
  return {"compiler", "g++ " __VERSION__, "", true};
#endif
}

Fact flags() {
  const std::string value = GAUNTLET_BUILD_FLAGS;
  std::string warning;
  if (value.find("-fsanitize") != std::string::npos) {
    warning = "built with sanitizers: times mean nothing; use the release preset";
  } else if (value.find("-O2") == std::string::npos && value.find("-O3") == std::string::npos) {
    warning = "built without optimisation: times mean nothing; use the release preset";
  }
  return {"compiler_flags", value, warning, true};
}

Fact libraries() {
  return {"libraries",
          fmt::format("glibc {}, zlib {}, fmt {}.{}.{}, {}", gnu_get_libc_version(), zlibVersion(), FMT_VERSION / 10000,
                      FMT_VERSION / 100 % 100, FMT_VERSION % 100, GAUNTLET_BUILD_LIBRARIES),
          "", true};
}

void append_revision(std::vector<Fact>& facts) {
  const auto revision = git_revision_of(GAUNTLET_BUILD_SOURCES);
  if (!revision) {
    facts.push_back(
        {"revision", std::string(kUnknown), "no commit to be found: nobody can tell what was measured", true});
    return;
  }
  facts.push_back({"revision", revision->commit, "", true});
  facts.push_back({"dirty", revision->dirty ? "yes" : "no",
                   revision->dirty ? "uncommitted changes: nobody else can measure the same" : "", true});
}

}  // namespace

void append_build_facts(std::vector<Fact>& facts) {
  facts.push_back(compiler());
  facts.push_back(flags());
  facts.push_back(libraries());
  append_revision(facts);
}

}  // namespace gauntlet
