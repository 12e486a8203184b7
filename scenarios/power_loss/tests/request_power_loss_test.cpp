// Requests that run, and are replayed, on a disk in memory that loses power at any moment; and bugs planted there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <set>

#include "fault-injection/storage/planted_journal.hpp"
#include "fault-injection/storage/planted_storage.hpp"
#include "fault-injection/storage/simulated_disk.hpp"
#include "runtimes/contract/registry.hpp"
#include "runtimes/recovery/journal/segment_journal.hpp"
#include "runtimes/recovery/recovery.hpp"
#include "runtimes/task/spawn.hpp"

namespace gauntlet {
namespace {

using namespace recovery;

constexpr std::uint32_t attempts_max = 3;
constexpr int orders_of_a_life = 12;
constexpr std::uint64_t body_inline_bytes_max = 1000;
const std::string poison = "poison";  // its handler loses power each time

/// Everything that outlasts a loss of power.
struct World {
  SimulatedDisk disk;
  std::set<std::string> sent, acknowledged;
  std::map<std::string, int> executed, executed_when_answered;
  std::uint32_t attempts_at_poison = 0;
  bool gave_up = false;  ///< a dead letter was reported
};

class RequestPowerLoss {
 public:
  RequestPowerLoss(PlantedBug bug, std::uint64_t seed) : bug_(bug), random_(seed) {
    config_.promise = Promise::completed;
    config_.max_recovery_attempts = attempts_max;
    // A bug in what is kept of requests is to be caught by its own oracle, and not by a body that is missing.
    if (bug == PlantedBug::none) config_.body_inline_bytes_max = body_inline_bytes_max;
    config_.backoff = std::chrono::milliseconds(0);
    segments_.segment_bytes = 16 * 1024;
    segments_.step_bytes = 16 * 1024;
  }

  /// One process, from its start to a loss of power. What it does after that is forgotten.
  void live() {
    lose_at_ = 1 + random_() % 120;
    changes_ = 0;
    lose_now_ = false;
    now_.disk.on_change = [this] { look(); };
    {
      auto runtime = make_runtime(RuntimeConfig{});
      const auto opened = Recovery::open(config_, "memory", std::bind_front(&RequestPowerLoss::open_journal, this),
                                         [this] { return open_folder(); });
      if (!opened) {
        breach_ = "what a loss of power left was refused: " + opened.error().text;
      } else {
        judge((*opened)->ledger());
        block_on(**runtime, serve(**opened));
      }
    }
    if (!after_) after_ = snapshot(true);
    now_ = std::move(*after_);
    after_.reset();
    ++lives_;
  }

  const std::string& breach() const { return breach_; }
  const World& world() const { return now_; }

 private:
  JournalResult<std::unique_ptr<Storage>> open_folder() { return plant(bug_, now_.disk.mount()); }
  JournalResult<std::unique_ptr<Journal>> open_journal(const RecordVisitor& visit, const RecordsCheck& check) {
    auto journal = SegmentJournal::open(now_.disk.mount(), segments_, visit, check);
    if (!journal) return std::unexpected(journal.error());
    return plant(bug_, std::move(*journal));
  }

  /// On whichever thread has the disk just now.
  void look() {
    const std::lock_guard lock(mutex_);
    ++changes_;
    if (after_) return;
    if (lose_now_) {
      after_ = snapshot(false);
    } else if (changes_ == lose_at_) {
      after_ = snapshot(true);
    }
  }

  World snapshot(bool some_reaches) {
    World left{.disk = now_.disk.after_power_loss([&](std::size_t) { return some_reaches && (random_() & 1) != 0; }),
               .sent = now_.sent,
               .acknowledged = now_.acknowledged,
               .executed = now_.executed,
               .executed_when_answered = now_.executed_when_answered,
               .attempts_at_poison = now_.attempts_at_poison,
               .gave_up = now_.gave_up};
    left.disk.make_independent();
    return left;
  }

  void judge(const RequestLedger& ledger) {
    for (const std::string& key : now_.acknowledged) {
      if (!ledger.key(key).outcome) breach_ = "acknowledged '" + key + "' was not recovered";
      if (now_.executed[key] != now_.executed_when_answered[key]) breach_ = "'" + key + "' ran again behind its answer";
    }
    for (const std::uint64_t id : ledger.incomplete()) {
      if (!now_.sent.contains(ledger.request(id)->key)) breach_ = "a request was recovered that nobody sent";
    }
    if (now_.attempts_at_poison > attempts_max) breach_ = "a request was attempted more often than it may be";
    if (now_.gave_up && ledger.dead_letters().empty()) breach_ = "the dead letter is gone";
  }

  Task<void> serve(Recovery& recovery) {
    http::Router router;
    const auto execute = [this](http::Request& request) -> Task<http::Response> {
      const std::string key(request.header("Idempotency-Key").value_or(""));
      if (request.body != body_of(key)) breach_ = "'" + key + "' was executed with another body";
      co_return executed(key);
    };
    router.add(http::Method::post, "/orders", execute);
    const Task<JournalResult<ReplayReport>> replaying =
        recovery.replay(router, [this](Context&, const Request& request) { return replay(request); });
    const JournalResult<ReplayReport> replayed = co_await replaying;
    if (replayed && replayed->dead > 0) {
      const std::lock_guard lock(mutex_);
      now_.gave_up = true;
    }
    router.wrap(recovery.middleware());
    std::vector<JoinHandle<void>> clients;
    for (int i = 0; i < orders_of_a_life; ++i) {
      clients.push_back(spawn(order(router, "order-" + std::to_string(lives_) + "-" + std::to_string(i))));
    }
    if (lives_ == 0) clients.push_back(spawn(order(router, poison)));
    for (JoinHandle<void>& client : clients) co_await client;
  }

  /// Of every second order so large that it is kept in a file of its own.
  static std::string body_of(const std::string& key) {
    std::string body = key;
    while (key.back() % 2 == 0 && body.size() <= body_inline_bytes_max) body += key;
    return body;
  }

  Task<void> replay(const Request& request) {
    if (request.idempotency_key() == poison) {
      {
        const std::lock_guard lock(mutex_);
        ++now_.attempts_at_poison;
        lose_now_ = true;
      }
      throw std::runtime_error("power was lost");
    }
    const Task<void> original = retry_original_handler(request);
    co_await original;
  }

  http::Response executed(const std::string& key) {
    const std::lock_guard lock(mutex_);
    ++now_.executed[key];
    lose_now_ = lose_now_ || key == poison;
    return http::Response::text(http::Status::created, key);
  }

  Task<void> order(const http::Router& router, std::string key) {
    http::Request request;
    request.method = http::Method::post;
    request.target = request.path = "/orders";
    request.headers.push_back({"Idempotency-Key", key});
    const std::string body = body_of(key);
    request.body = body;
    {
      const std::lock_guard lock(mutex_);
      now_.sent.insert(key);
    }
    const Task<http::Response> handling = router.dispatch(request);
    const http::Response response = co_await handling;
    const std::lock_guard lock(mutex_);
    if (response.status != http::Status::created) co_return;
    now_.acknowledged.insert(key);
    now_.executed_when_answered[key] = now_.executed[key];
  }

  const PlantedBug bug_;
  std::mt19937_64 random_;  ///< guarded by mutex_ while a process lives
  RecoveryConfig config_;
  SegmentOptions segments_;
  std::mutex mutex_;
  World now_;
  std::optional<World> after_;  ///< the loss of power
  std::uint64_t changes_ = 0, lose_at_ = 0;
  bool lose_now_ = false;
  int lives_ = 0;
  std::string breach_;
};

constexpr int lives = 10;

/// The first breach of several worlds.
std::string breach_of_requests(PlantedBug bug, int worlds, std::uint64_t& acknowledged) {
  for (int seed = 1; seed <= worlds; ++seed) {
    RequestPowerLoss ordeal(bug, static_cast<std::uint64_t>(seed));
    for (int life = 0; life < lives && ordeal.breach().empty(); ++life) ordeal.live();
    acknowledged += ordeal.world().acknowledged.size();
    if (!ordeal.breach().empty()) return ordeal.breach();
  }
  return "";
}

TEST(RequestPowerLossTest, TwoHundredLossesOfPowerLoseNothingThatWasAnswered) {
  std::uint64_t acknowledged = 0;
  EXPECT_EQ(breach_of_requests(PlantedBug::none, 20, acknowledged), "");
  EXPECT_GT(acknowledged, 200U);
}

TEST(RequestPowerLossTest, EachBugThatIsPlantedInRequestsIsCaught) {
  for (const PlantedBugInfo& planted : all_planted_bugs()) {
    if (planted.ordeal != Ordeal::requests) continue;
    std::uint64_t acknowledged = 0;
    EXPECT_THAT(breach_of_requests(planted.bug, 10, acknowledged), testing::HasSubstr(std::string(planted.oracle)))
        << planted.name;
  }
}

}  // namespace
}  // namespace gauntlet
