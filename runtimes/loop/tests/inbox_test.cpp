#include "runtimes/loop/inbox.hpp"

#include <gtest/gtest.h>
#include <semaphore.h>

#include <deque>
#include <thread>
#include <vector>

namespace gauntlet {
namespace {

void ignore(Job&) noexcept {}

struct Numbered : Job {
  Numbered(std::size_t from, std::size_t place) noexcept : Job(&ignore), producer(from), number(place) {}
  std::size_t producer;
  std::size_t number;
};

TEST(Inbox, OnlyThePushThatEndsTheSleepAsksForAWakeUp) {
  Inbox inbox;
  Numbered first(0, 0);
  Numbered second(0, 1);
  Numbered third(0, 2);
  EXPECT_FALSE(inbox.push(first)) << "nobody sleeps yet";
  EXPECT_FALSE(inbox.fall_asleep()) << "there is a job";
  RunQueue queue;
  inbox.drain(queue);
  EXPECT_EQ(queue.pop(), &first);
  EXPECT_TRUE(inbox.fall_asleep());
  EXPECT_TRUE(inbox.push(second));
  EXPECT_FALSE(inbox.push(third));
  inbox.drain(queue);
  EXPECT_EQ(queue.pop(), &second);
  EXPECT_EQ(queue.pop(), &third);
  EXPECT_EQ(queue.pop(), nullptr);
}

TEST(Inbox, RouseWakesOnce) {
  Inbox inbox;
  EXPECT_FALSE(inbox.rouse());
  EXPECT_TRUE(inbox.fall_asleep());
  EXPECT_TRUE(inbox.rouse());
  EXPECT_FALSE(inbox.rouse());
}

TEST(Inbox, DrainTellsWhetherSomebodyElseEndedTheSleep) {
  Inbox inbox;
  Numbered job(0, 0);
  RunQueue queue;
  inbox.push(job);
  EXPECT_FALSE(inbox.drain(queue)) << "nobody slept";
  EXPECT_TRUE(inbox.fall_asleep());
  EXPECT_FALSE(inbox.drain(queue)) << "the consumer woke by itself";
  EXPECT_TRUE(inbox.fall_asleep());
  inbox.push(job);
  EXPECT_TRUE(inbox.drain(queue));
  EXPECT_TRUE(inbox.fall_asleep());
  inbox.rouse();
  EXPECT_TRUE(inbox.drain(queue));
  EXPECT_FALSE(inbox.drain(queue)) << "told once";
}

/// A consumer that really blocks between bursts: a lost wake-up hangs the test.
TEST(Inbox, NoJobAndNoWakeUpIsLostUnderManyProducers) {
  constexpr std::size_t producers = 4;
  constexpr std::size_t jobs_each = 20000;
  std::vector<std::deque<Numbered>> jobs(producers);
  for (std::size_t p = 0; p < producers; ++p) {
    for (std::size_t n = 0; n < jobs_each; ++n) jobs[p].emplace_back(p, n);
  }
  Inbox inbox;
  sem_t wake;
  ASSERT_EQ(sem_init(&wake, 0, 0), 0);
  std::vector<std::jthread> threads;
  for (std::size_t p = 0; p < producers; ++p) {
    threads.emplace_back([&, p] {
      for (Numbered& job : jobs[p]) {
        if (inbox.push(job)) sem_post(&wake);
        if (job.number % 64 == 0) std::this_thread::yield();
      }
    });
  }
  std::vector<std::size_t> next(producers, 0);
  RunQueue queue;
  for (std::size_t seen = 0; seen < producers * jobs_each;) {
    inbox.drain(queue);
    Job* job = queue.pop();
    if (job == nullptr) {
      if (inbox.fall_asleep()) {
        while (sem_wait(&wake) != 0) {
        }
      }
      continue;
    }
    for (; job != nullptr; job = queue.pop(), ++seen) {
      auto& numbered = static_cast<Numbered&>(*job);
      ASSERT_EQ(numbered.number, next[numbered.producer]++) << "order of one producer";
    }
  }
  threads.clear();
  sem_destroy(&wake);
}

}  // namespace
}  // namespace gauntlet
