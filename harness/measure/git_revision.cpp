#include "harness/measure/git_revision.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

namespace gauntlet {
namespace {

// posix_spawn and not popen: a directory's name must not be read by a shell.
std::optional<std::string> run_git(std::vector<std::string> arguments) {
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) return std::nullopt;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<char*> argv;
  arguments.insert(arguments.begin(), "git");
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_t pid = 0;
  const int error = posix_spawnp(&pid, "git", &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_ends[1]);

  std::string output;
  char chunk[4096];
  for (ssize_t size = 0; error == 0 && (size = read(pipe_ends[0], chunk, sizeof chunk)) > 0;) {
    output.append(chunk, static_cast<std::size_t>(size));
  }
  close(pipe_ends[0]);
  if (error != 0) return std::nullopt;
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  return output;
}

}  // namespace

std::optional<GitRevision> git_revision_of(const std::string& directory) {
  auto commit = run_git({"-C", directory, "rev-parse", "--verify", "HEAD"});
  if (!commit) return std::nullopt;
  while (commit->ends_with('\n')) commit->pop_back();
  // Without the optional locks, `git status` does not rewrite the index of somebody who is working beside us.
  const auto changes =
      run_git({"--no-optional-locks", "-C", directory, "status", "--porcelain", "--untracked-files=no"});
  return GitRevision{*commit, !changes || !changes->empty()};
}

}  // namespace gauntlet
