#include "fault-injection/process/child_fault.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>

namespace gauntlet {
namespace {

class ChildFault : public testing::Test {
 protected:
  ChildFault() : child_(fork()) {
    if (child_ != 0) return;
    for (;;) ::pause();
  }
  ~ChildFault() override {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }

  char state() const {
    std::ifstream stat("/proc/" + std::to_string(child_) + "/stat");
    std::string text((std::istreambuf_iterator<char>(stat)), std::istreambuf_iterator<char>());
    return text[text.rfind(')') + 2];
  }

  const pid_t child_;
};

TEST_F(ChildFault, APausedChildHasStoppedWhenTheCallReturns) {
  ASSERT_FALSE(pause_child(child_));
  EXPECT_EQ(state(), 'T');
}

TEST_F(ChildFault, AResumedChildRunsAgain) {
  ASSERT_FALSE(pause_child(child_));
  ASSERT_FALSE(resume_child(child_));
  EXPECT_NE(state(), 'T');
}

TEST_F(ChildFault, AKilledChildIsLeftForItsParentToReap) {
  ASSERT_FALSE(signal_child(child_, SIGKILL));
  ASSERT_FALSE(pause_child(child_)) << "a dead child counts as stopped, it does not hang the caller";
  int status = 0;
  ASSERT_EQ(::waitpid(child_, &status, WNOHANG), child_);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

TEST(ChildFaultOfNobody, IsAnError) { EXPECT_EQ(signal_child(0x3fffffff, 0), std::errc::no_such_process); }

}  // namespace
}  // namespace gauntlet
