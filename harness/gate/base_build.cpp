#include "harness/gate/base_build.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>
#include <system_error>
#include <thread>

#include "harness/measure/git_revision.hpp"
#include "harness/store/durable_file.hpp"
#include "harness/subject/run_program.hpp"
#include "harness/subject/text_tail.hpp"
#include "runtimes/contract/near_matches.hpp"

namespace gauntlet {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kGitLimit = 120s;
constexpr auto kBuildLimit = 3600s;

std::unexpected<BaseBuildError> failed(std::string sentence, bool usage = false) {
  return std::unexpected(BaseBuildError{.sentence = std::move(sentence), .usage = usage});
}

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

/// A few words of it that belong to the error.
std::string last_words(const ProgramRun& run) {
  std::string error, line;
  for (std::istringstream lines(run.output + run.errors); std::getline(lines, line);) {
    if (line.find("rror") != std::string::npos && error.empty()) error = line;
  }
  return error.empty() ? std::string("no error was printed") : error;
}

class BaseBuilder {
 public:
  explicit BaseBuilder(const BaseBuildRequest& request) : request_(request) {}

  std::expected<BaseBuild, BaseBuildError> build() {
    if (auto found = find_commit(); !found) return std::unexpected(found.error());
    const fs::path folder = request_.cache / commit_.substr(0, 16);
    source_ = folder / "source";
    build_ = folder / fmt::format("build-{:016x}", settings_hash());
    if (auto made = make_worktree(); !made) return std::unexpected(made.error());
    const fs::path mark = build_ / "built";
    if (!is_there(mark) || !std::ranges::all_of(request_.programs, [this](const std::string& program) {
          return is_there(build_ / program);
        })) {
      if (auto done = configure_and_build(); !done) return std::unexpected(done.error());
      if (auto kept = replace_file(mark, commit_ + "\n"); !kept) return failed(kept.error());
    }
    return BaseBuild{.commit = commit_, .folder = build_};
  }

 private:
  static bool is_there(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
  }

  using Done = std::expected<void, BaseBuildError>;

  std::expected<ProgramRun, BaseBuildError> git(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"git", "-C", request_.sources.string()});
    auto run = run_program(arguments, kGitLimit, request_.interrupt_fd);
    if (!run) return failed(run.error());
    return std::move(*run);
  }

  Done find_commit() {
    const auto run = git({"rev-parse", "--verify", "--quiet", "--end-of-options", request_.revision + "^{commit}"});
    if (!run) return std::unexpected(run.error());
    commit_ = first_line(run->output);
    if (run->status.clean() && !commit_.empty()) return {};
    if (const auto inside = git({"rev-parse", "--git-dir"}); inside && !inside->status.clean()) {
      return failed(fmt::format("{} is no git checkout, so that there is no base to build: {}",
                                request_.sources.string(), first_line(inside->errors)),
                    true);
    }
    const auto near = near_matches(request_.revision, branches_and_tags());
    const std::string hint = near.empty() ? std::string("in a shallow clone, fetch it first")
                                          : fmt::format("did you mean {}?", fmt::join(near, " or "));
    return failed(fmt::format("git knows no revision '{}'; {}", request_.revision, hint), true);
  }

  std::vector<std::string> branches_and_tags() const {
    std::vector<std::string> names;
    const auto run = git({"for-each-ref", "--format=%(refname:short)"});
    if (!run) return names;
    std::istringstream lines(run->output);
    for (std::string line; std::getline(lines, line);) names.push_back(line);
    return names;
  }

  std::size_t settings_hash() const {
    std::string text;
    for (const auto& [name, value] : request_.settings) text += fmt::format("{}={}\n", name, value);
    return std::hash<std::string>()(text);
  }

  Done make_worktree() const {
    std::error_code error;
    if (fs::exists(source_, error)) return check_worktree();
    fs::create_directories(source_.parent_path(), error);
    if (error) return failed(fmt::format("cannot create {}: {}", source_.parent_path().string(), error.message()));
    request_.tell(fmt::format("checking {} out", commit_.substr(0, 12)));
    // What was removed by hand is forgotten first, or git would refuse to check out there again.
    if (const auto pruned = git({"worktree", "prune"}); !pruned) return std::unexpected(pruned.error());
    const auto added = git({"worktree", "add", "--detach", source_.string(), commit_});
    if (!added) return std::unexpected(added.error());
    if (added->status.clean()) return {};
    return failed(fmt::format("cannot check the base out in {}: {}", source_.string(), first_line(added->errors)));
  }

  Done check_worktree() const {
    const auto revision = git_revision_of(source_.string());
    const auto refuse = [this](const std::string& what) -> Done {
      return failed(fmt::format("the worktree of the base, {}, {}; remove it with: git worktree remove --force {}",
                                source_.string(), what, source_.string()));
    };
    if (!revision) return refuse("is no checkout any more");
    if (revision->commit != commit_) return refuse("stands at another commit");
    if (revision->dirty) return refuse("has been changed, so that it is not the base");
    return {};
  }

  Done configure_and_build() const {
    std::vector<std::string> configure = {"cmake", "-S", source_.string(), "-B", build_.string()};
    for (const auto& [name, value] : request_.settings) {
      if (name == "CMAKE_GENERATOR") {
        configure.insert(configure.end(), {"-G", value});
      } else {
        configure.push_back(fmt::format("-D{}={}", name, value));
      }
    }
    request_.tell(fmt::format("building {} in {}", commit_.substr(0, 12), build_.string()));
    if (auto done = run_step(configure, "configure"); !done) return done;
    const std::string jobs = std::to_string(std::max(1U, std::thread::hardware_concurrency()));
    std::vector<std::string> build = {"cmake", "--build", build_.string(), "--parallel", jobs, "--target"};
    build.insert(build.end(), request_.programs.begin(), request_.programs.end());
    return run_step(std::move(build), "build");
  }

  Done run_step(std::vector<std::string> command, const char* step) const {
    // ccache takes the two checkouts for one another.
    command.insert(command.begin(), {fmt::format("CCACHE_BASEDIR={}", source_.string()), "CCACHE_NOHASHDIR=1"});
    const auto run = run_program(command, kBuildLimit, request_.interrupt_fd);
    if (!run) return failed(run.error());
    const fs::path log = build_.string() + "-" + step + ".log";
    if (auto kept = replace_file(log, run->output + run->errors); !kept) return failed(kept.error());
    if (run->status.clean()) return {};
    return failed(fmt::format("the base {} ({}) does not {}: {} (all of it in {})", request_.revision,
                              commit_.substr(0, 12), step, last_words(*run), log.string()));
  }

  const BaseBuildRequest& request_;
  std::string commit_;
  fs::path source_, build_;
};

}  // namespace

std::expected<BaseBuild, BaseBuildError> build_base(const BaseBuildRequest& request) {
  return BaseBuilder(request).build();
}

}  // namespace gauntlet
