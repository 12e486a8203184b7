#include "harness/worker/control_thread.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <future>
#include <string_view>
#include <vector>

namespace gauntlet {
namespace {

using testing::ElementsAre;

class ControlThreadTest : public testing::Test {
 protected:
  ControlThreadTest() { EXPECT_EQ(pipe(ends_.data()), 0); }
  ~ControlThreadTest() override {
    ::close(ends_[0]);
    hang_up();
  }
  void say(std::string_view text) {
    ASSERT_EQ(::write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void hang_up() {
    if (ends_[1] >= 0) ::close(std::exchange(ends_[1], -1));
  }
  ControlThread::Callbacks callbacks() {
    return {.on_command = [this](std::string word) { words_.push_back(std::move(word)); },
            .on_stop = [this] { stopped_.set_value(); }};
  }

  std::array<int, 2> ends_{-1, -1};
  std::vector<std::string> words_;
  std::promise<void> stopped_;
};

TEST_F(ControlThreadTest, HandsOnCommandsInOrderUntilTheStop) {
  const ControlThread control(ends_[0], callbacks());
  say("{\"command\":\"one\"}\n{\"comm");
  say("and\":\"two\"}\n{\"stop\":true}\n{\"command\":\"late\"}\n");
  stopped_.get_future().wait();
  EXPECT_THAT(words_, ElementsAre("one", "two"));
}

TEST_F(ControlThreadTest, TakesTheEndOfThePipeForAStop) {
  const ControlThread control(ends_[0], callbacks());
  hang_up();
  stopped_.get_future().wait();
}

TEST_F(ControlThreadTest, GoesOnAfterALineThatItCannotRead) {
  const ControlThread control(ends_[0], callbacks());
  say("rubbish\n{\"command\":\"one\"}\n{\"stop\":true}\n");
  stopped_.get_future().wait();
  EXPECT_THAT(words_, ElementsAre("one"));
}

TEST_F(ControlThreadTest, EndsWithItsOwnerWhileNothingIsSaid) {
  { const ControlThread control(ends_[0], callbacks()); }
  EXPECT_EQ(stopped_.get_future().wait_for(std::chrono::seconds(0)), std::future_status::timeout);
}

}  // namespace
}  // namespace gauntlet
