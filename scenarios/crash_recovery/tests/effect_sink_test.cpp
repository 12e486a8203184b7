#include "scenarios/crash_recovery/effect_sink.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "runtimes/files/scratch_folder.hpp"
#include "scenarios/crash_recovery/unix_address.hpp"

namespace gauntlet {
namespace {

TEST(EffectSinkTest, HasWhatASenderToldBeforeItWasKilled) {
  const ScratchFolder folder;
  const auto path = folder.path() / "effects";
  EffectSink sink(path);
  const auto address = unix_address(path);
  for (const char* effect : {"a 1", "b 2"}) {
    const pid_t sender = ::fork();
    if (sender == 0) {
      const int fd = ::socket(AF_UNIX, SOCK_SEQPACKET, 0);
      ::connect(fd, reinterpret_cast<const sockaddr*>(&*address), sizeof *address);
      ::send(fd, effect, 3, MSG_NOSIGNAL);
      ::kill(::getpid(), SIGKILL);
    }
    ::waitpid(sender, nullptr, 0);
  }
  EXPECT_EQ(sink.finish(), (std::vector<std::string>{"a 1", "b 2"}));
}

TEST(EffectSinkTest, EndsWithNothingToldAndRefusesAPathThatIsTooLong) {
  const ScratchFolder folder;
  EffectSink sink(folder.path() / "effects");
  EXPECT_TRUE(sink.finish().empty());
  EXPECT_THROW(EffectSink(folder.path() / std::string(200, 'x')), std::system_error);
}

}  // namespace
}  // namespace gauntlet
