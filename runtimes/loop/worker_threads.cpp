#include "runtimes/loop/worker_threads.hpp"

#include <atomic>
#include <thread>
#include <vector>

namespace gauntlet {

namespace {

/// Where threads wait until it is known whether there are enough of them.
class Gate {
 public:
  void open() noexcept { decide(Word::go); }
  void give_up() noexcept { decide(Word::go_home); }
  /// True: opened.
  bool pass() const noexcept {
    word_.wait(Word::wait);
    return word_.load() == Word::go;
  }

 private:
  enum class Word { wait, go, go_home };
  void decide(Word word) noexcept {
    word_.store(word);
    word_.notify_all();
  }
  std::atomic<Word> word_{Word::wait};
};

/// Joined when it goes out of scope.
class Threads {
 public:
  explicit Threads(std::size_t count) { threads_.reserve(count); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
  ~Threads() {
    for (std::thread& thread : threads_) thread.join();
  }
  template <typename Body>
  void add(Body body) {
    threads_.emplace_back(std::move(body));
  }

 private:
  std::vector<std::thread> threads_;
};

}  // namespace

void run_on_threads(std::size_t count, const std::function<void()>& all_there,
                    const std::function<void(std::size_t)>& drive) {
  Gate gate;
  Threads threads(count - 1);
  try {
    for (std::size_t i = 1; i < count; ++i) {
      threads.add([&gate, &drive, i] {
        if (gate.pass()) drive(i);
      });
    }
  } catch (...) {
    gate.give_up();
    throw;
  }
  all_there();
  gate.open();
  drive(0);
}

}  // namespace gauntlet
